"""What the organiser's pages of the live final ask for."""

from django import forms

from .models import Session


class SessionForm(forms.ModelForm):
    """How the public votes, and how long a turn takes."""

    class Meta:
        model = Session
        fields = [
            "identity",
            "window",
            "choices_min",
            "choices_max",
            "pitch_seconds",
            "questions_seconds",
            "voting_seconds",
        ]
        help_texts = {
            "identity": "一人一票靠它：同一手机号、同一投票码或同一微信号只计一次",
            "window": "“每队路演后”：一队一投，每人总票数见“至多选”；“全部结束后”：一次选齐",
            "choices_min": "少于这个数的选票不计入",
            "choices_max": "每人最多几票",
        }


class TokensForm(forms.Form):
    """How many printed tokens to make."""

    count = forms.IntegerField(label="再制多少个投票码", min_value=1, max_value=3000, initial=100)
