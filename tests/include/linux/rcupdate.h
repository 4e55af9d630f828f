/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STUB_RCUPDATE_H
#define STUB_RCUPDATE_H

#include <linux/kernel.h>

struct callback_head {
	struct callback_head *next;
	void (*func)(struct callback_head *head);
};
#define rcu_head callback_head
typedef void (*rcu_callback_t)(struct rcu_head *head);
void call_rcu(struct rcu_head *head, rcu_callback_t func);

#define rcu_dereference(p)							\
({										\
	__typeof__(*p) *_p1 = (__typeof__(*p) *)READ_ONCE(p);			\
	((__typeof__(*p) *)(_p1));						\
})

#endif
