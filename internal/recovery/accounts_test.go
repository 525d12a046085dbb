package recovery_test

import (
	"zhaohui/internal/recovery"
	"zhaohui/internal/recovery/method/appeal"
	"zhaohui/internal/recovery/method/authenticator"
	"zhaohui/internal/recovery/method/backup"
	"zhaohui/internal/recovery/method/card"
	"zhaohui/internal/recovery/method/current"
	"zhaohui/internal/recovery/method/identity"
	"zhaohui/internal/recovery/method/mail"
	"zhaohui/internal/recovery/method/questions"
	"zhaohui/internal/recovery/method/recoverycodes"
	"zhaohui/internal/recovery/method/sms"
)

// The accounts.
const (
	full     = "full@mail.example" // has everything; its phone and the card "own" have one number
	recent   = "recent@mail.example"
	lost     = "lost@mail.example"     // phone reported lost; backup password
	reissued = "reissued@mail.example" // phone given to somebody else; backup password
	deaf     = "deaf@mail.example"     // nothing reaches it; backup password, authenticator, identity
	bare     = "bare@mail.example"     // nothing is left
	nobody   = "nobody@mail.example"   // does not exist
)

const (
	totpSecret = "MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43U"
	idNumber   = "11010519491231002X"
	backupWord = "Camellia-2047"
	oldWord    = "604817"
	newWord    = "739184"
)

var savedCodes = []string{"7KDMH-W3QRX-9AFTE", "C4NYP-6VJ2G-XHRKM", "9TQAW-EDF37-KGMNX"}

const accounts = `{"accounts": [
 {"id": "acct-full", "lang": "zh", "name": "王小明", "balance": 385001, "id_number": "11010519491231002X", "real_named": true,
  "phone": {"number": "13800138000", "since": "-400d"}, "email": {"address": "full@mail.example", "since": "-300d"},
  "removed": [{"kind": "phone", "number": "13900139000", "since": "-900d", "removed": "-20d"},
              {"kind": "phone", "number": "13700137000", "since": "-990d", "removed": "-40d"}],
  "password": "604817", "old_passwords": ["935206", "271840"],
  "questions": [{"question": "出生在哪座城市？", "answer": "扬州"},
                {"question": "What was your first school?", "answer": "Green Hill No. 2"}],
  "backup_password": "Camellia-2047", "totp_secret": "MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43U",
  "recovery_codes": ["7KDMH-W3QRX-9AFTE", "C4NYP-6VJ2G-XHRKM", "9TQAW-EDF37-KGMNX"],
  "cards": [{"id": "own", "bank": "中国工商银行", "class": "state-owned", "kind": "debit", "number": "6200000000000001016",
             "reserved_phone": "13800138000", "quick_pay": true},
            {"id": "other", "bank": "招商银行", "class": "joint-stock", "kind": "credit", "number": "6200000000002365",
             "expiry": "0932", "reserved_phone": "13600136000"},
            {"id": "town", "bank": "江苏银行", "class": "city", "kind": "debit", "number": "6200000000000003582",
             "reserved_phone": "13600136000"},
            {"id": "gone", "bank": "招商银行", "class": "joint-stock", "kind": "debit", "number": "6200000000000004671",
             "reserved_phone": "13600136000", "state": "lost"}],
  "networks": ["192.0.2.0/24"]},
 {"id": "acct-recent", "lang": "zh", "name": "马文涛",
  "phone": {"number": "13800138002", "since": "-2d"}, "email": {"address": "recent@mail.example", "since": "-300d"},
  "removed": [{"kind": "phone", "number": "13800138001", "since": "-900d", "removed": "-2d"}],
  "password": "825174", "backup_password": "Camellia-2047", "recovery_codes": ["3MXQA-H7KDT-VW9EN"],
  "cards": [{"id": "own", "bank": "交通银行", "class": "state-owned", "kind": "debit", "number": "6200000000000006346",
             "reserved_phone": "13800138002", "quick_pay": true}],
  "networks": ["192.0.2.0/24"]},
 {"id": "acct-lost", "lang": "zh", "name": "何建平", "phone": {"number": "13800138003", "since": "-400d", "trouble": "lost"},
  "email": {"address": "lost@mail.example", "since": "-300d"}, "password": "718395", "backup_password": "Camellia-2047",
  "cards": [{"id": "own", "bank": "交通银行", "class": "state-owned", "kind": "debit", "number": "6200000000000005124",
             "reserved_phone": "13800138003", "quick_pay": true}],
  "networks": ["192.0.2.0/24"]},
 {"id": "acct-reissued", "lang": "en", "phone": {"number": "13800138004", "since": "-400d", "trouble": "reissued"},
  "email": {"address": "reissued@mail.example", "since": "-300d"}, "password": "718395",
  "backup_password": "Camellia-2047", "networks": ["192.0.2.0/24"]},
 {"id": "acct-deaf", "lang": "zh", "phone": {"number": "13800138005", "since": "-400d", "trouble": "lost"},
  "email": {"address": "deaf@mail.example", "since": "-300d", "trouble": "lost"}, "password": "718395",
  "backup_password": "Camellia-2047", "totp_secret": "MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43U", "networks": ["192.0.2.0/24"]},
 {"id": "acct-bare", "lang": "zh", "phone": {"number": "13800138006", "since": "-400d", "trouble": "lost"},
  "email": {"address": "bare@mail.example", "since": "-300d", "trouble": "lost"}, "password": "718395", "networks": ["192.0.2.0/24"]}
]}`

// The browsers.
var (
	home    = recovery.Client{Network: "192.0.2.7", Kind: "phone"} // usual for every account
	strange = recovery.Client{Network: "198.51.100.9", Kind: "computer"}
)

// others are the methods beside a channel's own, as the wallet's channels name them.
var others = []string{"mail", "sms", "authenticator", "recoverycodes", "backup", "card", "questions", "identity"}

func channels() map[string]recovery.Channel {
	all := map[string]recovery.Channel{"codes": {Methods: []string{"authenticator", "recoverycodes"}, With: others}}
	for _, id := range append([]string{"current", "appeal"}, others...) {
		all[id] = recovery.Channel{Methods: []string{id}, With: others}
	}
	return all
}

func methods() []recovery.Method {
	return []recovery.Method{mail.New(), sms.New(), authenticator.New(), recoverycodes.New(), backup.New(), card.New(),
		questions.New(), identity.New(), current.New(), appeal.New()}
}
