"""Local accounts, second factors, keys of machines, limits: what is kept of each, and what is refused."""

from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select, text

from api.db.tables import ApiKey, Person
from api.errors import TooManyTries
from api.security.accounts import HASHER, User
from api.security.limiting import Limiter
from api.security.roles import MACHINES, May
from api.security.signing_in import NOBODY
from api.settings import Settings
from tests.api.conftest import PASSWORD, Client, Phone, Running, signed_in

V1 = "/api/v1"
DAY = {"purpose": "nightly import", "authority": "E06000045"}


def try_to_sign_in(service: Running, name: str, password: str = PASSWORD, code: str | None = None) -> httpx.Response:
    return service.nobody.ask("POST", f"{V1}/session", {"name": name, "password": password, "code": code})


def test_a_code_of_the_moment_is_asked_for_good_once_and_sealed(service: Running) -> None:
    phone = Phone(service, "director-of-childrens-services")
    assert try_to_sign_in(service, phone.name).status_code == 401, "the password alone is not enough any more"
    code = phone.code()
    assert try_to_sign_in(service, phone.name, code=code).status_code == 201
    assert try_to_sign_in(service, phone.name, code=code).status_code == 401, "a code that was used"
    assert try_to_sign_in(service, phone.name, code="000000").status_code == 401
    with service.store.reading() as session:
        person = session.get_one(Person, phone.name)
        assert phone.secret.encode() not in (person.totp or b"")
        assert all(len(kept) == 64 for kept in person.recovery), "codes on paper are kept as hashes"
        other = session.get_one(Person, "auditor")
        with pytest.raises(Exception, match="moved from another row"):
            service.store.seal.open(person.totp, "person", other.name, "totp")


def test_a_code_on_paper_is_good_once(service: Running) -> None:
    phone = Phone(service, "fostering-manager")
    assert len(set(phone.paper)) == 10
    assert try_to_sign_in(service, phone.name, code=phone.paper[0]).status_code == 201
    assert try_to_sign_in(service, phone.name, code=phone.paper[0]).status_code == 401
    assert try_to_sign_in(service, phone.name, code=phone.paper[1].upper()).status_code == 201


def test_an_authenticator_counts_once_confirmed_and_is_taken_off_with_a_code_or_by_an_administrator(
    service: Running,
) -> None:
    person = signed_in(service.nobody, "placing-authority")
    begun = person.ask("POST", f"{V1}/account/authenticator", {"password": PASSWORD}).json()
    assert begun["picture"].startswith("<svg")
    assert person.ask("POST", f"{V1}/account/authenticator", {"password": "a thief's guess"}).status_code == 422
    assert person.ask("POST", f"{V1}/account/authenticator/confirm", {"code": "000000"}).status_code == 422
    assert try_to_sign_in(service, "placing-authority").status_code == 201, "nobody is shut out half way"
    phone = Phone(service, "placing-authority")
    assert phone.client.ask("POST", f"{V1}/account/authenticator", {"password": PASSWORD}).status_code == 409
    assert phone.client.ask("POST", f"{V1}/account/authenticator/off", {"code": "111111"}).status_code == 403
    assert phone.client.ask("POST", f"{V1}/account/authenticator/off", {"code": phone.code()}).status_code == 200
    phone = Phone(service, "placing-authority")
    answer = signed_in(service.nobody, "administrator").ask("DELETE", f"{V1}/people/placing-authority/second-factor")
    assert answer.json()["second_factor"] is False
    assert phone.client.ask("GET", f"{V1}/session").status_code == 401, "and every session ended"


def test_wrong_tries_tell_nobody_whether_a_name_exists(service: Running) -> None:
    known = [try_to_sign_in(service, "analyst", "wrong").status_code for _ in range(6)]
    unknown = [try_to_sign_in(service, "no.such.person", "wrong").status_code for _ in range(6)]
    assert known == unknown == [401] * 5 + [429]
    waits = try_to_sign_in(service, "analyst")
    assert waits.status_code == 429, "even with the right password"
    assert int(waits.headers["retry-after"]) == 900
    service.clock.ahead += timedelta(minutes=16)
    assert try_to_sign_in(service, "analyst").status_code == 201


def test_a_name_that_nobody_has_costs_the_same_work_as_one_that_is_there() -> None:
    """The hash that is checked instead is made as every other one is; with other figures its time would tell."""
    assert not HASHER.check_needs_rehash(NOBODY)


def test_guesses_at_the_code_are_counted_too(service: Running) -> None:
    phone = Phone(service, "service-manager")
    answers = [phone.client.ask("POST", f"{V1}/account/proof", {"code": f"00000{n}"}).status_code for n in range(6)]
    assert answers == [403] * 6
    assert phone.client.ask("POST", f"{V1}/account/proof", {"code": phone.code()}).status_code == 403, (
        "closed for a while"
    )


def test_no_way_to_guess_a_code_or_password_is_left_uncounted(service: Running) -> None:
    """Each act that is refused is rolled back; the count of what was wrong must not be rolled back with it."""
    phone = Phone(service, "supervising-social-worker")
    for _ in range(5):
        assert phone.client.ask("POST", f"{V1}/account/authenticator/off", {"code": "111111"}).status_code == 403
    assert phone.client.ask("POST", f"{V1}/account/authenticator/off", {"code": phone.code()}).status_code == 403
    told = {"old": PASSWORD, "new": "another long password"}
    assert phone.client.ask("POST", f"{V1}/account/password", told).status_code == 422, "closed for a while"
    service.clock.ahead += timedelta(minutes=16)
    assert phone.client.ask("POST", f"{V1}/account/password", told).status_code == 200


def test_a_machine_that_changes_homes_confirms_them_as_a_machine(service: Running) -> None:
    machine = Client(service.nobody.http, a_key(service, scopes=["change-homes", "see-cases"]).json()["key"])
    assert machine.ask("POST", f"{V1}/homes/H1/confirm", {}).status_code == 200
    assert machine.ask("GET", f"{V1}/homes/H1").json()["cells"]["confirmed_by"] == "machine"


def test_roles_change_at_the_next_request_and_a_leaver_is_out_at_once(service: Running) -> None:
    admin = signed_in(service.nobody, "administrator")
    told = {"name": "temp.worker", "roles": ["duty-officer"], "authority": "E06000045", "password": PASSWORD}
    assert admin.ask("POST", f"{V1}/people", {**told, "authority": None}).status_code == 422, "cases of nobody"
    assert admin.ask("POST", f"{V1}/people", {**told, "password": "temp.worker-temp.worker"}).status_code == 422
    assert admin.ask("POST", f"{V1}/people", told).status_code == 201
    person = signed_in(service.nobody, "temp.worker")
    assert person.ask("GET", f"{V1}/children").status_code == 200
    assert admin.ask("PUT", f"{V1}/people/temp.worker", {"roles": ["auditor"]}).status_code == 200
    assert person.ask("GET", f"{V1}/children").status_code == 403
    assert person.ask("GET", f"{V1}/trail").status_code == 200
    assert admin.ask("POST", f"{V1}/people/temp.worker/leave").json()["active"] is False
    assert person.ask("GET", f"{V1}/trail").status_code == 401
    assert try_to_sign_in(service, "temp.worker").status_code == 401
    assert admin.ask("POST", f"{V1}/people/temp.worker/return").json()["active"] is True
    assert person.ask("GET", f"{V1}/trail").status_code == 401, "the old session stays ended"
    assert admin.ask("POST", f"{V1}/people/nobody.here/leave").status_code == 404


def test_a_new_password_ends_the_other_sessions(service: Running) -> None:
    one, other = signed_in(service.nobody, "commissioner"), signed_in(service.nobody, "commissioner")
    told = {"old": "not the one", "new": "another long password"}
    assert one.ask("POST", f"{V1}/account/password", told).status_code == 422
    assert one.ask("POST", f"{V1}/account/password", {**told, "old": PASSWORD}).status_code == 200
    assert one.ask("GET", f"{V1}/session").status_code == 200
    assert other.ask("GET", f"{V1}/session").status_code == 401
    assert (
        signed_in(service.nobody, "administrator")
        .ask("POST", f"{V1}/people/commissioner/password", {"password": PASSWORD})
        .status_code
        == 200
    )
    assert one.ask("GET", f"{V1}/session").status_code == 401


def a_key(service: Running, **told: object) -> httpx.Response:
    ends = (service.clock() + timedelta(days=30)).isoformat()
    return signed_in(service.nobody, "administrator").ask(
        "POST", f"{V1}/keys", {**DAY, "scopes": ["see-cases"], "ends_at": ends, **told}
    )


def test_a_machine_may_do_what_its_key_says_and_no_more(service: Running) -> None:
    made = a_key(service)
    assert made.status_code == 201, made.text
    machine = Client(service.nobody.http, made.json()["key"])
    assert [one["ref"] for one in machine.ask("GET", f"{V1}/children").json()["items"]][:2] == ["C1", "C2"]
    assert machine.ask("GET", f"{V1}/children/C9").status_code == 404, "another authority's"
    for method, path in (
        ("POST", "/children"),
        ("POST", "/decisions"),
        ("GET", "/people"),
        ("GET", "/session"),
        ("GET", "/trail"),
    ):
        assert machine.ask(method, V1 + path, {}).status_code == 403, path
    trail = signed_in(service.nobody, "auditor").ask("GET", f"{V1}/trail?limit=1000&about=children").json()
    assert trail[-1]["who"] == f"key:{made.json()['id']}"


def test_only_the_hash_of_a_key_is_kept_and_last_use_is_shown(service: Running) -> None:
    made = a_key(service, scopes=["read-trail"], authority=None).json()
    secret = made["key"].removeprefix(f"plk_{made['id']}_")  # may itself hold a "_"
    assert 30 < len(secret) < len(made["key"])
    listed = signed_in(service.nobody, "administrator").ask("GET", f"{V1}/keys").json()
    assert all("key" not in one for one in listed)
    mine = next(one for one in listed if one["id"] == made["id"])
    assert mine["last_used"] is None
    assert Client(service.nobody.http, made["key"]).ask("GET", f"{V1}/trail?limit=1").status_code == 200
    again = signed_in(service.nobody, "administrator").ask("GET", f"{V1}/keys").json()
    assert next(one for one in again if one["id"] == made["id"])["last_used"] is not None
    with service.store.reading() as session:
        row = session.get_one(ApiKey, made["id"])
        assert row.hash not in made["key"]
        kept = [tuple(one) for one in session.execute(select(ApiKey.id, ApiKey.hash, ApiKey.purpose))]
        assert secret not in str(kept)
        entries = session.execute(text("SELECT detail FROM audit WHERE act = 'make-key'")).all()
    assert secret not in str(entries)


def test_a_key_ends_when_it_is_revoked_or_its_day_has_come(service: Running) -> None:
    admin, first = signed_in(service.nobody, "administrator"), a_key(service).json()
    machine = Client(service.nobody.http, first["key"])
    assert machine.ask("GET", f"{V1}/children").status_code == 200
    assert admin.ask("DELETE", f"{V1}/keys/{first['id']}").status_code == 200
    assert machine.ask("GET", f"{V1}/children").status_code == 401
    soon = a_key(service, ends_at=(service.clock() + timedelta(minutes=5)).isoformat()).json()
    other = Client(service.nobody.http, soon["key"])
    assert other.ask("GET", f"{V1}/children").status_code == 200
    service.clock.ahead += timedelta(minutes=6)
    assert other.ask("GET", f"{V1}/children").status_code == 401
    assert Client(service.nobody.http, f"plk_{soon['id']}_guessed").ask("GET", f"{V1}/children").status_code == 401


@pytest.mark.parametrize("scope", sorted(set(May) - MACHINES))
def test_no_key_is_made_for_what_people_do(service: Running, scope: str) -> None:
    answer = a_key(service, scopes=["see-cases", scope])
    assert answer.status_code == 422
    assert answer.json()["fields"][0]["field"] == "scopes"


def test_a_key_ends_within_a_year_and_belongs_to_somebody(service: Running) -> None:
    assert a_key(service, ends_at=(service.clock() + timedelta(days=400)).isoformat()).status_code == 422
    assert a_key(service, ends_at=(service.clock() - timedelta(days=1)).isoformat()).status_code == 422
    assert a_key(service, authority=None).status_code == 422


def test_who_asks_many_times_what_work_needs_waits_and_others_do_not() -> None:
    limits = Limiter(Settings().person_requests, Settings().machine_requests)
    busy, other = User("busy", ("duty-officer",), "E06000045"), User("other", ("duty-officer",), "E06000045")
    needed = 10  # requests a minute: an act each ten seconds, of one or two requests (tests/load/officers.py)
    for _ in range(6 * needed):
        limits.count(busy)
    with pytest.raises(TooManyTries) as told:
        limits.count(busy)
    assert 0 < told.value.wait.total_seconds() <= 120
    for _ in range(4 * needed):  # four minutes' work in one
        limits.count(other)
    machine = User("key:1", (), None, scopes=("import",))
    for _ in range(600):
        limits.count(machine)


def test_where_a_second_factor_is_required_nothing_else_is_allowed_before() -> None:
    user = User("new", ("duty-officer",), "E06000045", must_set_up=True)
    assert user.may == {May.SELF}
