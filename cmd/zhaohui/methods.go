package main

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

// methods are all ways to prove something. One more is a folder, its words, and a line here.
func methods() []recovery.Method {
	return []recovery.Method{mail.New(), sms.New(), authenticator.New(), recoverycodes.New(), backup.New(), card.New(), questions.New(), identity.New(),
		current.New(), appeal.New()}
}
