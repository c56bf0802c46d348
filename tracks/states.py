"""The words for what is done to an edition."""

VERBS = {
    "edition.loaded": "载入届次规则",
    "edition.amended": "修订届次规则",
    "milestone.changed": "调整日程",
    "track.changed": "修改赛道",
    "contact.appointed": "指定赛道联系人",
    "contact.removed": "不再担任赛道联系人",
    "workday.added": "登记放假或调休",
    "workday.changed": "修改放假或调休",
    "workday.deleted": "删除放假或调休",
}
