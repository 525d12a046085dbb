package recovery_test

import (
	"context"
	"encoding/json"
	"strings"

	"zhaohui/internal/recovery"
	"zhaohui/internal/store"
)

// work runs all jobs that are there, and those that they start.
func (o *office) work() {
	o.fail.Helper()
	for range 20 {
		jobs := o.jobs()
		done := true
		for _, job := range jobs {
			if o.wait && job[0] == store.JobApply {
				o.again(job)
				continue
			}
			done = false
			o.run(job)
			if o.twice && job[0] == store.JobApply {
				o.run(job)
			}
		}
		if done {
			return
		}
	}
	o.fail.Fatalf("jobs without an end")
}

func (o *office) run(job [2]string) {
	o.fail.Helper()
	if job[0] == store.JobApply {
		if err := o.Work(context.Background(), job[1]); err != nil {
			o.failed = append(o.failed, job)
		}
		return
	}
	out, err := store.NewMessages(o.db, keys.Box("records")).Outgoing(context.Background(), job[1])
	if err != nil {
		o.fail.Fatalf("read a letter: %v", err)
	}
	var l recovery.Letter
	if err := json.Unmarshal([]byte(out.Text), &l); err != nil {
		o.fail.Fatalf("read a letter: %v", err)
	}
	o.letters = append(o.letters, l)
}

// retry runs the jobs that failed once more.
func (o *office) retry() {
	failed := o.failed
	o.failed = nil
	for _, job := range failed {
		o.again(job)
	}
	o.work()
}

func (o *office) again(job [2]string) {
	if _, err := o.db.SQL().Exec(`INSERT INTO test_job VALUES ($1, $2)`, job[0], job[1]); err != nil {
		o.fail.Fatalf("start a job again: %v", err)
	}
}

// jobs takes all jobs.
func (o *office) jobs() (list [][2]string) {
	rows, err := o.db.SQL().Query(`DELETE FROM test_job RETURNING kind, id`)
	if err != nil {
		o.fail.Fatalf("jobs: %v", err)
	}
	defer rows.Close()
	for rows.Next() {
		var job [2]string
		if err := rows.Scan(&job[0], &job[1]); err != nil {
			o.fail.Fatalf("jobs: %v", err)
		}
		list = append(list, job)
	}
	return list
}

// sent are the letters of a purpose, all of them for "".
func (o *office) sent(purpose recovery.Purpose) (list []recovery.Letter) {
	o.work()
	for _, l := range o.letters {
		if purpose == "" || l.Purpose == purpose {
			list = append(list, l)
		}
	}
	return list
}

// to are the destinations of letters.
func to(letters []recovery.Letter) string {
	var list []string
	for _, l := range letters {
		list = append(list, l.To)
	}
	return strings.Join(list, " ")
}

// secretOf is the token at the end of a letter's address.
func secretOf(address string) string { return address[strings.LastIndex(address, "/")+1:] }
