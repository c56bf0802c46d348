"""Pages of training."""

from django.urls import path

from .views import screens, studying, training

urlpatterns = [
    path("training/", training.training, name="training"),
    path("training/<int:course>/", training.course, name="course"),
    path("training/<int:course>/enrol/", training.course_enrol, name="course_enrol"),
    path("training/<int:course>/leave/<int:enrolment>/", training.course_leave, name="course_leave"),
    path("training/<int:course>/calendar.ics", training.course_calendar, name="course_calendar"),
    path("training/<int:course>/quiz/", studying.course_quiz, name="course_quiz"),
    path("training/materials/<int:lesson>/", studying.lesson, name="lesson"),
    path("training/sessions/<int:session>/", training.session_attend, name="session_attend"),
    path("training/sessions/<int:session>/screen/", screens.session_screen, name="session_screen"),
    path("training/sessions/<int:session>/code/", screens.session_code, name="session_code"),
]
