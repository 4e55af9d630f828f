/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STUB_WORKQUEUE_H
#define STUB_WORKQUEUE_H

#include <linux/timer.h>

struct workqueue_struct;
struct work_struct;
typedef void (*work_func_t)(struct work_struct *work);
struct work_struct {
	long data;
	struct list_head entry;
	work_func_t func;
	struct lockdep_map lockdep_map;
};
struct delayed_work {
	struct work_struct work;
	struct timer_list timer;
};

#define DECLARE_WORK(n, f) struct work_struct n = { .func = (f), .lockdep_map = { .name = #n } }
void __init_work(struct work_struct *work, int onstack);
#define INIT_WORK(_work, _func)							\
	do {									\
		static struct lock_class_key __key;				\
		__init_work((_work), 0);					\
		(_work)->data = 0;						\
		lockdep_init_map(&(_work)->lockdep_map, "(work_completion)"#_work, &__key, 0); \
		(_work)->func = (_func);					\
	} while (0)

extern struct workqueue_struct *system_wq;
bool queue_work_on(int cpu, struct workqueue_struct *wq, struct work_struct *work);
static inline bool schedule_work(struct work_struct *work)
{
	return queue_work_on(64, system_wq, work);
}
void __flush_workqueue(struct workqueue_struct *wq);
void destroy_workqueue(struct workqueue_struct *wq);
bool flush_work(struct work_struct *work);
bool cancel_work_sync(struct work_struct *work);

#endif
