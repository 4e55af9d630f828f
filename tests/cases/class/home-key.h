/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <linux/mutex.h>

struct kind { struct lock_class_key lock_key; };
struct node { int n; struct kind *kind; struct mutex lock; };

struct node *node_make(struct kind *kind);
