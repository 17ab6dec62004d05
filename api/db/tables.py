"""What is kept. Facts are kept as the data dictionary writes them; what tells of a person is sealed with that person's key.

A column named `sealed` or `totp` is opened with the data key of its subject (`api.db.data_keys`) or with the record's own key.
"""

from datetime import date, datetime

from sqlalchemy import JSON, Index, Integer, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """All tables."""


class Person(Base):
    """Somebody who may act. `name` is what they sign in with; never a child's or carer's.

    `authority` is what they see: an authority's code, or the name of a pool. `subject` is who they are to the sign-in
    provider (issuer and subject); `recovery` holds hashes of codes for a lost phone.
    """

    __tablename__ = "person"
    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    roles: Mapped[list[str]] = mapped_column(JSON)
    authority: Mapped[str | None] = mapped_column(String(80))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(default=True)
    subject: Mapped[str | None] = mapped_column(String(400), unique=True)
    totp: Mapped[bytes | None] = mapped_column(LargeBinary)
    totp_confirmed: Mapped[bool] = mapped_column(default=False)
    totp_step: Mapped[int] = mapped_column(Integer, default=0)
    recovery: Mapped[list[str]] = mapped_column(JSON, default=list)


class SignedIn(Base):
    """A session; only the hash of its token is kept.

    `proved_at` is when its person last proved who they are with a second factor; `checked_at` when the sign-in provider last
    said that they still may, `sealed` what it is asked with, `provider_session` the provider's own name of the session.
    """

    __tablename__ = "signed_in"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person: Mapped[str] = mapped_column(String(80), index=True)
    ends_at: Mapped[datetime]
    last_seen: Mapped[datetime]
    proved_at: Mapped[datetime | None]
    checked_at: Mapped[datetime | None]
    checking_at: Mapped[datetime | None]
    provider_session: Mapped[str | None] = mapped_column(String(64), index=True)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)


class WrongTry(Base):
    """Wrong tries to sign in under one name, known or not, or from one address; only a hash says which."""

    __tablename__ = "wrong_try"
    whose: Mapped[str] = mapped_column(String(64), primary_key=True)
    tries: Mapped[int] = mapped_column(Integer)
    since: Mapped[datetime]


class UsedOnce(Base):
    """A message of the sign-in provider that was acted on, so that it is not acted on again."""

    __tablename__ = "used_once"
    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    until: Mapped[datetime]


class ApiKey(Base):
    """A machine's key: what it is for, what it may do, until when. Only the hash of its secret is kept."""

    __tablename__ = "api_key"
    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    hash: Mapped[str] = mapped_column(String(64))
    purpose: Mapped[str] = mapped_column(String(80))
    authority: Mapped[str | None] = mapped_column(String(80))
    scopes: Mapped[list[str]] = mapped_column(JSON)
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    last_used: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class PoolMember(Base):
    """An authority that shares the homes of a pool."""

    __tablename__ = "pool_member"
    pool: Mapped[str] = mapped_column(String(80), primary_key=True)
    authority: Mapped[str] = mapped_column(String(9), primary_key=True, index=True)


class DataKey(Base):
    """The key of one person's facts, sealed with the record's key. Without its row nothing of theirs opens, in any copy."""

    __tablename__ = "data_key"
    subject: Mapped[str] = mapped_column(String(130), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class Contact(Base):
    """Names, address and telephone of a child's family or a home; nothing but a release shows them."""

    __tablename__ = "contact"
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    ref: Mapped[str] = mapped_column(String(120), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class Fact(Base):
    """One child, home or tie: `cells` by column of the data dictionary, `version` counts its changes, `stamp` names the last.

    `authority` is whose it is: the one that looks after the child, or that approved the home. `pool` is who shares it.
    """

    __tablename__ = "fact"
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    ref: Mapped[str] = mapped_column(String(120), primary_key=True)
    authority: Mapped[str | None] = mapped_column(String(9), index=True)
    pool: Mapped[str | None] = mapped_column(String(80), index=True)
    cells: Mapped[dict[str, str]] = mapped_column(JSON)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    version: Mapped[int] = mapped_column(Integer, default=1)
    stamp: Mapped[str] = mapped_column(String(32), index=True)
    changed_on: Mapped[date | None]


class Bed(Base):
    """A usable place that is promised: one child a place, one place a child, whatever the code does."""

    __tablename__ = "bed"
    home: Mapped[str] = mapped_column(String(80), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    child: Mapped[str] = mapped_column(String(80))
    taken_at: Mapped[datetime]
    taken_by: Mapped[str] = mapped_column(String(80))
    __table_args__ = (UniqueConstraint("child", name="one_place_a_child"),)


class PlanMade(Base):
    """A plan as it was made, with all that made it; never edited."""

    __tablename__ = "plan"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    authority: Mapped[str | None] = mapped_column(String(80), index=True)
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(80))
    asked: Mapped[dict[str, object]] = mapped_column(JSON)
    caseload: Mapped[dict[str, object]] = mapped_column(JSON)
    policy: Mapped[str] = mapped_column(Text)
    plan: Mapped[dict[str, object]] = mapped_column(JSON)
    digest: Mapped[str] = mapped_column(String(64))
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)


class PolicyUsed(Base):
    """The text of a policy that the service ran with, so that its plans can be made again."""

    __tablename__ = "policy"
    fingerprint: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    version: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(Text)
    first_used_at: Mapped[datetime]


class Decided(Base):
    """What a named person decided about a child and a home; never edited, a later one stands beside it."""

    __tablename__ = "decision"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    child: Mapped[str] = mapped_column(String(80), index=True)
    home: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(20))
    plan: Mapped[str | None] = mapped_column(String(36))
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    by: Mapped[str] = mapped_column(String(80))
    roles: Mapped[list[str]] = mapped_column(JSON)
    at: Mapped[datetime]


class Note(Base):
    """What people at the desks note while they work: drafts, calls, first thoughts, agreements asked for. The text is sealed.

    `about` is the child or form; `settled_at` is when it was answered, sent or taken back.
    """

    __tablename__ = "note"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    about: Mapped[str] = mapped_column(String(120), index=True)
    by: Mapped[str] = mapped_column(String(80))
    authority: Mapped[str | None] = mapped_column(String(80))
    at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class AuditEntry(Base):
    """One act: who, as what, did what to what. `hash` chains it to the entry before."""

    __tablename__ = "audit"
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    at: Mapped[str] = mapped_column(String(40))
    who: Mapped[str] = mapped_column(String(80))
    act: Mapped[str] = mapped_column(String(40))
    about: Mapped[str] = mapped_column(String(200))
    detail: Mapped[str] = mapped_column(Text)
    before: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
    __table_args__ = (Index("audit_about", "about", "number"),)


class Answered(Base):
    """An answer kept by its idempotency key, so that a request sent twice acts once."""

    __tablename__ = "answered"
    person: Mapped[str] = mapped_column(String(80), primary_key=True)
    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    request_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[int] = mapped_column(Integer)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime] = mapped_column(index=True)


class Glass(Base):
    """One look, for an hour, at one child's record that its person does not see otherwise; reviewed the next working day."""

    __tablename__ = "glass"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    person: Mapped[str] = mapped_column(String(80))
    authority: Mapped[str | None] = mapped_column(String(80))
    child: Mapped[str] = mapped_column(String(80))
    whose: Mapped[str | None] = mapped_column(String(80))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    opened_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    review_by: Mapped[date]
    reviewed_by: Mapped[str | None] = mapped_column(String(80))
    reviewed_at: Mapped[datetime | None]
    justified: Mapped[bool | None]
    finding: Mapped[bytes | None] = mapped_column(LargeBinary)


class Release(Base):
    """Named contact fields of one child or home, asked for by one person, agreed by another, opened once."""

    __tablename__ = "release"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    ref: Mapped[str] = mapped_column(String(120))
    authority: Mapped[str | None] = mapped_column(String(80))
    fields: Mapped[list[str]] = mapped_column(JSON)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    asked_by: Mapped[str] = mapped_column(String(80))
    asked_at: Mapped[datetime]
    agreed_by: Mapped[str | None] = mapped_column(String(80))
    ends_at: Mapped[datetime | None]
    refused_by: Mapped[str | None] = mapped_column(String(80))
    opened_at: Mapped[datetime | None]


class Notice(Base):
    """Something that the managers of an authority are to know at once."""

    __tablename__ = "notice"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    at: Mapped[datetime]
    authority: Mapped[str | None] = mapped_column(String(80), index=True)
    what: Mapped[str] = mapped_column(String(40))
    about: Mapped[str] = mapped_column(String(200))
    by: Mapped[str] = mapped_column(String(80))
    seen_by: Mapped[str | None] = mapped_column(String(80))
    seen_at: Mapped[datetime | None]


class LegalHold(Base):
    """A child or home of whom nothing may be erased while it stands."""

    __tablename__ = "legal_hold"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    ref: Mapped[str] = mapped_column(String(120), index=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    set_by: Mapped[str] = mapped_column(String(80))
    set_at: Mapped[datetime]
    lifted_by: Mapped[str | None] = mapped_column(String(80))
    lifted_at: Mapped[datetime | None]


class ErasedPerson(Base):
    """Somebody whose key was destroyed: by whom, when, by which rule."""

    __tablename__ = "erased"
    subject: Mapped[str] = mapped_column(String(130), primary_key=True)
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]
    rule: Mapped[str] = mapped_column(String(80))


class Job(Base):
    """Long work that somebody asked for; the worker takes it from here. `asked` and `result` hold references and figures."""

    __tablename__ = "job"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    authority: Mapped[str | None] = mapped_column(String(9))
    asked: Mapped[dict[str, object]] = mapped_column(JSON)
    by: Mapped[str] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(12), index=True)
    share: Mapped[int] = mapped_column(Integer, default=0)
    said: Mapped[str] = mapped_column(String(200), default="")
    stopping: Mapped[bool] = mapped_column(default=False)
    tries: Mapped[int] = mapped_column(Integer, default=0)
    asked_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    result: Mapped[dict[str, object] | None] = mapped_column(JSON)
    problem: Mapped[dict[str, object] | None] = mapped_column(JSON)


class KeptFile(Base):
    """A file that a job was given or made, or a return that was read; sealed, since any of them may hold what is protected."""

    __tablename__ = "kept_file"
    owner: Mapped[str] = mapped_column(String(60), primary_key=True)
    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    media_type: Mapped[str] = mapped_column(String(100))
    digest: Mapped[str] = mapped_column(String(64))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime]


class Outcome(Base):
    """How a placement goes, at 72 hours, 6 weeks, 6 and 12 months; never edited, one for each point in time."""

    __tablename__ = "outcome"
    placed: Mapped[str] = mapped_column(String(36), primary_key=True)
    point: Mapped[str] = mapped_column(String(12), primary_key=True)
    child: Mapped[str] = mapped_column(String(80), index=True)
    home: Mapped[str] = mapped_column(String(80))
    stands: Mapped[bool]
    found: Mapped[str] = mapped_column(String(40))
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]


class PolicyChosen(Base):
    """A policy on its way: drafted, tried on past plans, signed by somebody else, active from a day."""

    __tablename__ = "policy_chosen"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    policy_version: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(12))
    drafted_by: Mapped[str] = mapped_column(String(80))
    drafted_at: Mapped[datetime]
    tried: Mapped[str | None] = mapped_column(String(36))
    signed_by: Mapped[str | None] = mapped_column(String(80))
    signed_at: Mapped[datetime | None]
    active_from: Mapped[date | None]
    version: Mapped[int] = mapped_column(Integer, default=1)


class ScenarioKept(Base):
    """A scenario of the forecast that somebody wrote down."""

    __tablename__ = "scenario"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    authority: Mapped[str | None] = mapped_column(String(9))
    name: Mapped[str] = mapped_column(String(120))
    changes: Mapped[dict[str, object]] = mapped_column(JSON)
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]
    version: Mapped[int] = mapped_column(Integer, default=1)
