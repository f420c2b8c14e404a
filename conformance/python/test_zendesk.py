"""zenpy against the Zendesk stand-in."""

from datetime import datetime, timedelta, timezone

import pytest
from zenpy.lib.api_objects import Identity, User
from zenpy.lib.exception import APIException, RecordNotFoundException
from conftest import eventually


def person(zendesk, n=0, **more):
    return zendesk.users.create(User(name=f"Name {n:03}", phone=f"+49152{n:07}", **more))


def ended(zendesk, job):
    """A job's results, once it is at its end."""
    return eventually(lambda: (now := zendesk.job_status(id=job.id)).status == "completed" and now).results


def test_create_read_update_and_delete(zendesk):
    assert zendesk.users.me().role == "admin"
    made = person(zendesk, external_id="k-1", user_fields={"city": "Köln"}, tags=["vip"])
    read = zendesk.users(id=made.id)
    assert (read.name, read.external_id, read.user_fields["city"], list(read.tags)) == ("Name 000", "k-1", "Köln", ["vip"])
    read.name = "Ana"
    assert zendesk.users.update(read).name == "Ana"
    assert [u.id for u in zendesk.users(external_ids=["k-1", "none"])] == [made.id]
    assert [u.id for u in zendesk.users(ids=[made.id, 1])] == [made.id]
    zendesk.users.delete(made)
    assert zendesk.users(id=made.id).active is False
    gone = zendesk.users.permanently_delete(made.id)
    assert gone.active is False
    with pytest.raises(RecordNotFoundException):
        zendesk.users(id=made.id + 99)


def test_create_or_update_one_and_many(zendesk):
    one = zendesk.users.create_or_update(User(name="Ana", external_id="K-1"))
    same = zendesk.users.create_or_update(User(phone="+49151", external_id="k-1"))
    assert (same.id, same.name, same.phone) == (one.id, "Ana", "+49151")
    rows = [User(name=f"N{n}", external_id=f"k-{n}") for n in range(3)]
    results = ended(zendesk, zendesk.users.create_or_update(rows))
    assert [row.status for row in results] == ["Created", "Updated", "Created"]
    made = ended(zendesk, zendesk.users.create([User(name="A"), User(name="B", email="no address")]))
    assert [row.success for row in made] == [True, False]
    first = zendesk.users(id=made[0].id)
    first.phone = "+49152"
    assert ended(zendesk, zendesk.users.update([first]))[0].id == first.id
    assert zendesk.users(id=first.id).phone == "+49152"
    ended(zendesk, zendesk.users.delete([first]))
    assert zendesk.users(id=first.id).active is False


def test_search(zendesk):
    for n in range(105):
        person(zendesk, n, external_id=f"k-{n}")
    assert [u.name for u in zendesk.users.search(query="phone:491520000007")] == ["Name 007"]
    assert [u.name for u in zendesk.users.search(external_id="k-8")] == ["Name 008"]
    everybody = zendesk.users.search(query="role:end-user")
    assert len(everybody) == 105
    assert len({u.id for u in everybody}) == 105, "the second page holds the others"


def test_lists_and_fields(zendesk):
    for n in range(105):
        person(zendesk, n)
    assert len({u.id for u in zendesk.users()}) == 105
    fields = {field.key: field for field in zendesk.user_fields()}
    assert {"city", "level", "orders"} <= fields.keys()
    assert [option.value for option in fields["level"].custom_field_options] == ["level_bronze", "level_gold"]


def test_addresses(zendesk):
    ana = person(zendesk, email="ana@shop.example")
    added = zendesk.users.identities.create(ana, Identity(type="email", value="new@shop.example"))
    assert added.primary is False
    assert zendesk.users.identities.show(ana, added).value == "new@shop.example"
    zendesk.users.identities.make_primary(ana, added)
    assert zendesk.users(id=ana.id).email == "new@shop.example"
    assert {i.value for i in zendesk.users.identities(id=ana.id)} == {"ana@shop.example", "new@shop.example"}
    with pytest.raises(APIException, match="DuplicateValue"):
        zendesk.users.identities.create(person(zendesk, 1), Identity(type="email", value="ana@shop.example"))
    with pytest.raises(APIException, match="DuplicateValue"):
        person(zendesk, 2, email="new@shop.example")


def test_merge(zendesk):
    winner, loser = person(zendesk, email="a@shop.example"), person(zendesk, 1, email="b@shop.example")
    assert zendesk.users.merge(loser, winner).id == winner.id
    assert zendesk.users(id=loser.id).active is False
    assert {i.value for i in zendesk.users.identities(id=winner.id)} == {"a@shop.example", "b@shop.example"}


def test_the_incremental_export(zendesk, control):
    people = [person(zendesk, n) for n in range(5)]
    start = datetime.now(timezone.utc) - timedelta(hours=1)
    assert [u.id for u in zendesk.users.incremental(start_time=start)] == [u.id for u in people]
    zendesk.users.delete(people[2])
    again = {u.id: u.active for u in zendesk.users.incremental(start_time=start)}
    assert len(again) == 5 and again[people[2].id] is False


def test_who_may(zendesk, control):
    control.post("/limits", zendesk={"invalid_tokens": ["zd-conformance"]})
    assert zendesk.users.me().id is None
    with pytest.raises(APIException, match="authenticate"):
        person(zendesk)
