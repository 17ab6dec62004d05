"""What is kept. Facts of children and homes are kept as the data dictionary writes them; places are sealed."""

from datetime import date, datetime

from sqlalchemy import JSON, Index, Integer, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """All tables."""


class Person(Base):
    """Somebody, or a machine, who may act. `name` is what they sign in with; never a child's or carer's."""

    __tablename__ = "person"
    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    roles: Mapped[list[str]] = mapped_column(JSON)
    authority: Mapped[str | None] = mapped_column(String(9))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    totp_secret: Mapped[str | None] = mapped_column(String(64))
    active: Mapped[bool] = mapped_column(default=True)
    wrong_tries: Mapped[int] = mapped_column(Integer, default=0)
    wrong_since: Mapped[datetime | None]


class SignedIn(Base):
    """A session, or a key of a machine; only the hash of its token is kept."""

    __tablename__ = "signed_in"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person: Mapped[str] = mapped_column(String(80), index=True)
    ends_at: Mapped[datetime]
    last_seen: Mapped[datetime]


class Fact(Base):
    """One child, home or tie: `cells` by column of the data dictionary; `version` counts its changes, `stamp` names the last."""

    __tablename__ = "fact"
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    ref: Mapped[str] = mapped_column(String(120), primary_key=True)
    authority: Mapped[str | None] = mapped_column(String(9), index=True)
    cells: Mapped[dict[str, str]] = mapped_column(JSON)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    version: Mapped[int] = mapped_column(Integer, default=1)
    stamp: Mapped[str] = mapped_column(String(32), index=True)


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
    authority: Mapped[str | None] = mapped_column(String(9), index=True)
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
    reason: Mapped[str | None] = mapped_column(Text)
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
    __table_args__ = (Index("audit_about", "about"),)


class Answered(Base):
    """An answer kept by its idempotency key, so that a request sent twice acts once."""

    __tablename__ = "answered"
    person: Mapped[str] = mapped_column(String(80), primary_key=True)
    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    request_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[int] = mapped_column(Integer)
    body: Mapped[dict[str, object]] = mapped_column(JSON)
    at: Mapped[datetime]


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
    said: Mapped[str | None] = mapped_column(Text)
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
