"""Which acts on a document are open for whom: the one place that says so.

Biro SDM numbers, discards, puts up again and revokes, and may hand in the scan of a paper that
the signer signed by hand. The signer signs, or returns with a reason. Nobody acts on a document
about himself, whatever his roles; nobody determines a PAK that he submitted.
"""

from enum import StrEnum

from accounts.models import User
from accounts.policy import allows, visible
from credits.models import Document, DocumentEvent

State = Document.State


class Act(StrEnum):
    ISSUE = "issue"
    DISCARD = "discard"
    SIGN = "sign"
    RETURN = "return"
    RESUBMIT = "resubmit"
    REVOKE = "revoke"


_OFFICERS = frozenset({Act.ISSUE, Act.DISCARD, Act.SIGN, Act.RESUBMIT, Act.REVOKE})
_SIGNERS = frozenset({Act.SIGN, Act.RETURN})
_SUBMITTING = (DocumentEvent.Kind.ISSUED, DocumentEvent.Kind.RESUBMITTED)
_OPEN = {
    State.DRAFT: {Act.ISSUE, Act.DISCARD},
    State.AWAITING: {Act.SIGN, Act.RETURN, Act.REVOKE},
    State.RETURNED: {Act.SIGN, Act.RESUBMIT, Act.REVOKE},
    State.SIGNED: {Act.REVOKE},
}


def is_own(document: Document, user: User | None) -> bool:
    """Whether the document is about the user."""
    return user is not None and document.employee.user_id == user.pk


def submitted_it(document: Document, user: User | None) -> bool:
    """Whether the user drafted a PAK that an officer determines, or put it up for signing."""
    if user is None or not document.content.get("determined"):
        return False
    put_up = document.events.filter(kind__in=_SUBMITTING, actor=user)
    return document.created_by_id == user.pk or put_up.exists()


def permitted(user: User, document: Document) -> frozenset[Act]:
    """The acts that the user's roles allow on the document, whatever its state."""
    if is_own(document, user):
        return frozenset()
    acts: frozenset[Act] = frozenset()
    if allows(user, "document", "change"):
        acts |= _OFFICERS
    if visible(Document.objects.filter(pk=document.pk), user, "signing", "change").exists():
        acts |= _SIGNERS
        if submitted_it(document, user):
            acts -= {Act.SIGN}
    return acts


def open_acts(user: User, document: Document) -> frozenset[Act]:
    """The acts that the user may do now."""
    return permitted(user, document) & _OPEN.get(State(document.state), set())
