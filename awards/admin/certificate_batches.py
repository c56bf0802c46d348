"""Batches of certificates: choose a list, dry run, start, progress, results."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from unfold.decorators import action, display

from core.accounts.requests import SignedInRequest
from core.audit.timeline import timeline
from core.files.serving import FileAnswer, serve
from core.portal_admin import ReadOnlyPortalAdmin
from judging.views.downloads import attachment
from tracks.models import Edition

from ..models import CertificateBatch
from ..services import certificate_previews, certifying, sealing
from .certificate_forms import BatchForm, SealForm

SHOWN = 200  # rows of the list on the page; the register has all
RESULTS = {"merged": "合并打印文件（PDF，按名单次序）", "archive": "全部证书（ZIP）", "register": "证书登记表（Excel）"}


@admin.register(CertificateBatch)
class CertificateBatchAdmin(ReadOnlyPortalAdmin):
    """One page a batch."""

    list_display = ["show_title", "count", "show_state", "issued_on", "made_at", "finished_at"]
    list_filter = ["state", "edition"]
    list_select_related = ["edition", "award_list__edition", "award_list__category", "award_list__track", "season"]
    actions_list = ["new_page", "seal_page"]

    def get_urls(self) -> list[URLPattern]:
        wrap, name = self.admin_site.admin_view, "awards_certificatebatch"
        pages = {"start": self.start_page, "pause": self.pause_page, "resume": self.resume_page}
        pages |= {"retry": self.retry_page, "gather": self.gather_page, "sample": self.sample_page}
        own = [path(f"<int:batch>/{word}/", wrap(page), name=f"{name}_{word}") for word, page in pages.items()]
        own.append(path("<int:batch>/files/<slug:result>/", wrap(self.result_page), name=f"{name}_result"))
        return [*own, *super().get_urls()]

    def has_organiser_permission(self, request: SignedInRequest, object_id: Any = None) -> bool:
        """For unfold's buttons."""
        return request.user.is_superuser

    def get_queryset(self, request: HttpRequest) -> QuerySet[CertificateBatch]:
        """With all that a title names."""
        return super().get_queryset(request).select_related(*self.list_select_related)  # type: ignore[arg-type]

    @display(description="批次")
    def show_title(self, batch: CertificateBatch) -> str:
        return str(batch)

    @display(
        description="状态",
        label={"待制作": "info", "制作中": "info", "已暂停": "warning", "有未完成的": "danger", "已完成": "success"},
    )
    def show_state(self, batch: CertificateBatch) -> str:
        return batch.get_state_display()

    def change_view(
        self, request: SignedInRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """How far it is, what stands in the way, the steps, the results, the list."""
        batch: CertificateBatch = self.visible_or_404(request, object_id)
        figures = batch.certificates.aggregate(
            rows=Count("pk"),
            printed=Count("pk", Q(file__isnull=False)),
            wrong=Count("pk", Q(state="valid") & ~Q(problem="")),
            ended=Count("pk", Q(file=None) & (~Q(state="valid") | Q(erased_at__isnull=False))),
        )
        draft = certifying.plan(certifying.asked_of(batch), batch.issued_on) if batch.state == "draft" else None
        rows = batch.certificates.select_related("file").order_by("place")
        results = [(code, label) for code, label in RESULTS.items() if getattr(batch, f"{code}_id")]
        return self.page(
            request, "awards/admin/batch.html", f"证书批次：{batch}", batch=batch, figures=figures, plan=draft,
            live=batch.state == "running" or certifying.being_gathered(batch), results=results,
            stale=draft is not None and draft.fingerprint != batch.fingerprint,
            planned=draft.recipients[:SHOWN] if draft else [], rows=rows[:SHOWN], shown=SHOWN,
            wrong=certifying.unprinted(batch).order_by("place")[:SHOWN],
            moments=timeline(batch), back=self.url_of("changelist"),
        )  # fmt: skip

    # --- Deeds --------------------------------------------------------------------------------------------

    @action(description="新建批次（先试制）", url_path="new", icon="add", permissions=["organiser"])
    def new_page(self, request: SignedInRequest) -> HttpResponse:
        """Choose a kind and its list; the dry run says whether it can be made."""
        edition, made = self._edition(), list[CertificateBatch]()
        form = BatchForm(edition, request.POST or None)

        def act(values: dict[str, Any]) -> str:
            made.append(certifying.make_batch(form.asked, values["issued_on"], by=request.user))
            return f"试制通过：{made[0].count} 张，还没有开始制作"

        effects = [
            "试制只检查，不分配编号：每个姓名的每个字、证书要填的每一项、名单是否生效",
            "已经有证书的不重复制作；查出的问题会一条条列出来",
        ]
        page = self.ask(
            request, form, act, title="新建证书批次", button="试制", back=self.url_of("changelist"), effects=effects
        )
        return page if not made else self._to(page, self.url_of("change", made[0]))

    @action(description="证书印章", url_path="seal", icon="approval", permissions=["organiser"])
    def seal_page(self, request: SignedInRequest) -> HttpResponse:
        """The picture of a seal for a kind."""
        edition = self._edition()
        form = SealForm(edition, request.POST or None, request.FILES or None)

        def act(values: dict[str, Any]) -> str:
            sealing.set_seal(edition, values["kind"], values["picture"].read(), by=request.user)
            return "印章已更换，用于以后制作的证书"

        effects = [
            "PNG，透明底，不超过 300 KB、边长不超过 1200 像素",
            "已经制作的证书不变；已试制还没开始的批次要重新试制",
        ]
        return self.ask(
            request, form, act, title="证书印章", button="更换", back=self.url_of("changelist"), effects=effects
        )

    def start_page(self, request: SignedInRequest, batch: int) -> HttpResponse:
        """Numbers for all, then the printing."""
        found = self._own(request, batch)

        def act(values: dict[str, Any]) -> str:
            certifying.start(found, by=request.user)
            return "编号已分配，正在制作"

        effects = [
            f"为名单上 {found.count} 张证书一次分配连续编号，编号从此不变",
            "后台逐张制作；这个页面可以离开，随时回来看进度",
        ]
        return self._plain(request, act, f"开始制作：{found}", "开始制作", found, effects)

    def pause_page(self, request: SignedInRequest, batch: int) -> HttpResponse:
        """Hold."""
        found = self._own(request, batch)

        def act(values: dict[str, Any]) -> str:
            certifying.pause(found, by=request.user)
            return "已暂停"

        effects = ["正在制作的几张会做完，其余的先不做；已做好的都在"]
        return self._plain(request, act, f"暂停制作：{found}", "暂停", found, effects)

    def resume_page(self, request: SignedInRequest, batch: int) -> HttpResponse:
        """Go on."""
        found = self._own(request, batch)

        def act(values: dict[str, Any]) -> str:
            certifying.resume(found, by=request.user)
            return "继续制作"

        return self._plain(request, act, f"继续制作：{found}", "继续", found, ["从没做好的接着做，编号不变"])

    def retry_page(self, request: SignedInRequest, batch: int) -> HttpResponse:
        """Those that failed, again."""
        found = self._own(request, batch)

        def act(values: dict[str, Any]) -> str:
            certifying.retry(found, by=request.user)
            return "正在重试"

        effects = ["只重做没有印成的，编号和文字不变；文字太长的，请打开那一张按“更正重印”"]
        return self._plain(request, act, f"重试：{found}", "重试", found, effects)

    def gather_page(self, request: SignedInRequest, batch: int) -> HttpResponse:
        """The results anew."""
        found = self._own(request, batch)

        def act(values: dict[str, Any]) -> str:
            certifying.gather_again(found, by=request.user)
            return "正在重新汇总"

        effects = ["三个汇总文件重新生成：只含现在有效的证书，更正重印的换成新的一版"]
        return self._plain(request, act, f"重新汇总：{found}", "重新汇总", found, effects)

    def sample_page(self, request: SignedInRequest, batch: int) -> HttpResponse:
        """The longest names as they would be printed; marked as samples, signed by nobody."""
        found = self._own(request, batch)
        if found.state != "draft" or certifying.plan(certifying.asked_of(found), found.issued_on).problems:
            raise Http404
        return attachment(certificate_previews.samples(found), "样张.pdf", "application/pdf")

    def result_page(self, request: SignedInRequest, batch: int, result: str) -> FileAnswer:
        """One of the results as a download."""
        found = self._own(request, batch)
        stored = getattr(found, result) if result in RESULTS else None
        if stored is None:
            raise Http404
        return serve(request, stored)

    # --- Helpers ------------------------------------------------------------------------------------------

    def _own(self, request: SignedInRequest, pk: int) -> CertificateBatch:
        found: CertificateBatch = self.visible_or_404(request, str(pk))
        return found

    def _edition(self) -> Edition:
        edition = Edition.objects.current()
        if edition is None or edition.rulebook.certificates is None:
            raise Http404
        return edition

    def _to(self, page: HttpResponse, address: str) -> HttpResponse:
        """The same answer, leading elsewhere."""
        page["Location"] = address
        return page

    def _plain(
        self, request: SignedInRequest, act: Any, title: str, button: str, found: CertificateBatch, effects: list[str]
    ) -> HttpResponse:
        """Nothing is typed, only agreed to."""
        form, back = forms.Form(request.POST if request.method == "POST" else None), self.url_of("change", found)
        return self.ask(request, form, act, title=title, button=button, back=back, effects=effects)
