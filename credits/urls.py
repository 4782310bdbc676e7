from django.urls import URLPattern, path

from credits.views import (
    approvals,
    documents,
    drafting,
    entries,
    periods,
    rated,
    runs,
    signing,
    verification,
)
from credits.views.claims import activities, deciding, editing, evidence, lists
from credits.views.claims import pages as claims
from employees.views.entries import routes

app_name = "credits"
urlpatterns: list[URLPattern] = [
    path("perhitungan/", runs.run_list, name="runs"),
    path("perhitungan/baru/", runs.run_start, name="run_start"),
    path("perhitungan/<uuid:public_id>/", runs.run_page, name="run"),
    path("perhitungan/<uuid:public_id>/progres/", runs.run_status, name="run_status"),
    path("perhitungan/<uuid:public_id>/terapkan/", runs.run_apply, name="run_apply"),
    path("perhitungan/<uuid:public_id>/batalkan/", runs.run_cancel, name="run_cancel"),
    path("dokumen/", documents.document_list, name="documents"),
    path("dokumen/baru/", drafting.document_new, name="document_new"),
    path("dokumen/ajukan/", documents.document_issue, name="document_issue"),
    path("dokumen/<uuid:public_id>/", documents.document_page, name="document"),
    path(
        "dokumen/<uuid:public_id>/bertanda-tangan/",
        documents.document_signed,
        name="document_signed",
    ),
    *(
        path(
            f"dokumen/<uuid:public_id>/{word}/",
            documents.document_act,
            {"act": act},
            name=f"document_{act}",
        )
        for word, act in documents.ACT_ROUTES
    ),
    path("dokumen/<uuid:public_id>.pdf", documents.document_pdf, name="document_pdf"),
    path("dokumen/kumpulan/<uuid:public_id>/", drafting.document_batch, name="document_batch"),
    path(
        "dokumen/kumpulan/<uuid:public_id>/progres/",
        drafting.document_batch_status,
        name="document_batch_status",
    ),
    path(
        "dokumen/kumpulan/<uuid:public_id>/batalkan/",
        drafting.document_batch_cancel,
        name="document_batch_cancel",
    ),
    path(
        "dokumen/kumpulan/<uuid:public_id>/<int:pk>.zip",
        drafting.document_part_zip,
        name="document_part_zip",
    ),
    path(
        "dokumen/kumpulan/<uuid:public_id>/ajukan/",
        drafting.document_batch_issue,
        name="document_batch_issue",
    ),
    *(
        path(
            f"dokumen/kumpulan/<uuid:public_id>/daftar/<uuid:signer>.{ending}",
            drafting.document_batch_list,
            {"ending": ending},
            name=f"document_batch_list_{ending}",
        )
        for ending in ("pdf", "xlsx")
    ),
    path("tanda-tangan/", signing.signing_queue, name="signing"),
    path("tanda-tangan/berkas.zip", signing.signing_zip, name="signing_zip"),
    *(
        path(
            f"tanda-tangan/daftar.{ending}",
            signing.signing_list,
            {"ending": ending},
            name=f"signing_list_{ending}",
        )
        for ending in ("pdf", "xlsx")
    ),
    path("tanda-tangan/unggah/", signing.signing_upload, name="signing_upload"),
    path("predikat/", rated.rated_page, name="rated"),
    path("persetujuan-predikat/", approvals.approval_list, name="approvals"),
    path("persetujuan-predikat/putuskan/", approvals.approval_act, name="approval_act"),
    path("impor/<uuid:public_id>/setujui/", approvals.import_approve, name="import_approve"),
    path("periode/", periods.period_list, name="periods"),
    path("periode/<int:pk>/buka/", periods.period_reopen, name="period_reopen"),
    path("periksa/", verification.verify, name="verify_file"),
    path("periksa/<str:token>/", verification.verify, name="verify"),
    path("usulan/", lists.claim_list, name="claims"),
    path("usulan/unit/", lists.unit_portal, name="claims_unit"),
    path("usulan/saya/", lists.own_portal, name="claims_own"),
    path("usulan/baru/", editing.claim_new, name="claim_new"),
    path("usulan/ajukan/", lists.claims_submit, name="claims_submit"),
    path("usulan/<uuid:public_id>/ubah/", editing.claim_edit, name="claim_edit"),
    path("usulan/<uuid:public_id>/hadir/", editing.claim_present, name="claim_present"),
    path("usulan/<uuid:public_id>/butir/baru/", editing.item_new, name="claim_item_new"),
    path("usulan/<uuid:public_id>/butir/bukti/", editing.claim_attach, name="claim_attach"),
    path("usulan/<uuid:public_id>/butir/<int:number>/", editing.item_page, name="claim_item"),
    path(
        "usulan/<uuid:public_id>/butir/<int:number>/hapus/",
        editing.item_remove,
        name="claim_item_remove",
    ),
    path(
        "usulan/<uuid:public_id>/butir/<int:number>/salin/",
        editing.item_copy,
        name="claim_item_copy",
    ),
    path("usulan/<uuid:public_id>/", claims.claim_page, name="claim"),
    path("usulan/<uuid:public_id>/tindakan/", claims.claim_act, name="claim_act"),
    path("berkas-bukti/", evidence.evidence_list, name="evidence_list"),
    path("berkas-bukti/<uuid:public_id>/", evidence.evidence_page, name="evidence"),
    path("berkas-bukti/<uuid:public_id>/isi/", evidence.evidence_file, name="evidence_file"),
    path("berkas-bukti/<uuid:public_id>/judul/", evidence.evidence_rename, name="evidence_rename"),
    path(
        "berkas-bukti/<uuid:public_id>/ganti/", evidence.evidence_replace, name="evidence_replace"
    ),
    path("berkas-bukti/<uuid:public_id>/buang/", evidence.evidence_remove, name="evidence_remove"),
    path("pegawai/<uuid:public_id>/berkas/", evidence.vault, name="vault"),
    path("pegawai/<uuid:public_id>/berkas/unggah/", evidence.evidence_add, name="evidence_add"),
    path("butir-kegiatan/", activities.activity_list, name="activities"),
    path("butir-kegiatan/saran/", activities.activity_suggest, name="activity_suggest"),
    path("butir-kegiatan/templat.xlsx", activities.activity_template, name="activity_template"),
    path("butir-kegiatan/impor/", activities.activity_import_new, name="activity_import_new"),
    path(
        "butir-kegiatan/impor/<uuid:public_id>/",
        activities.activity_import,
        name="activity_import",
    ),
    path(
        "butir-kegiatan/impor/<uuid:public_id>/terapkan/",
        activities.activity_import_apply,
        name="activity_import_apply",
    ),
    path(
        "butir-kegiatan/impor/<uuid:public_id>/buang/",
        activities.activity_import_discard,
        name="activity_import_discard",
    ),
    path("butir-kegiatan/<int:pk>/", activities.activity_table, name="activity_table"),
    path("usulan/<uuid:public_id>/keberatan/", deciding.objection, name="objection"),
    path("usulan/<uuid:public_id>/dupak.pdf", deciding.dupak_pdf, name="dupak"),
    path("penetapan-usulan/", deciding.determination_queue, name="determinations"),
    path("penetapan-usulan/tetapkan/", deciding.determination_act, name="determine_many"),
    *(route for entry in entries.ENTRIES for route in routes(entry)),
    path(
        "pegawai/<uuid:public_id>/saldo-awal/<int:pk>/pindaian/",
        entries.opening_scan,
        name="opening_scan",
    ),
]
