"""The words for what is done to an edition."""

VERBS = {
    "edition.loaded": "载入届次规则",
    "edition.amended": "修订届次规则",
    "edition.current": "设为当前届",
    "milestone.changed": "调整日程",
    "track.changed": "修改赛道",
    "contact.appointed": "指定赛道联系人",
    "contact.removed": "不再担任赛道联系人",
    "announcement.added": "起草公告",
    "announcement.changed": "修改公告",
    "announcement.published": "发布公告",
    "announcement.withdrawn": "撤下公告",
    "announcement.file_added": "上传公告附件",
    "announcement.file_removed": "移除公告附件",
    "group_code.added": "上传客服群二维码",
    "group_code.removed": "移除客服群二维码",
    "group_code.reminded": "提醒更换客服群二维码",
    "workday.added": "登记放假或调休",
    "workday.changed": "修改放假或调休",
    "workday.deleted": "删除放假或调休",
}
