"""Personal data encrypted at rest (加密存储): `SealedTextField`, `BlindIndexField`, their keys and the keys' rotation.

Against whoever gets a dump, a backup, a replica or a read of the tables, without the keys. Not against the running
portal: it holds the keys, so pages and exports need their own `visible_to` and masks.

    class Guardian(models.Model):
        id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
        name = SealedTextField("监护人姓名")
        phone = SealedTextField("监护人手机号", blank=True)
        phone_index = BlindIndexField(of="phone", purpose="guardian.phone")

    guardian = Guardian.objects.create(name="买买提·艾力", phone="+8613800138000")
    guardian.phone                          # "+8613800138000", opened on access
    Guardian.objects.filter(phone_index=blind_index("+8613800138000", "guardian.phone"))
    Guardian.objects.filter(pk=guardian.pk).update(phone="", phone_index="")   # a purge; other texts are refused

A tracked model keeps both kinds of field out of its history: `@tracked(exclude=("name", "phone", "phone_index"))`;
a system check insists.
"""
