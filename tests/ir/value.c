/* Values: what an access path survives. */
typedef unsigned long ulong;
#define offsetof(t, m) __builtin_offsetof(t, m)
#define container_of(ptr, type, member) ({ \
	void *__mptr = (void *)(ptr); \
	((type *)(__mptr - offsetof(type, member))); })
#define READ_ONCE(x) (*(const volatile __typeof__(x) *)&(x))
struct list { struct list *next, *prev; };
typedef struct { struct { int raw; } inner; } lock_t;
struct owner { lock_t lock; int sig; };
struct obj {
	struct list list;
	union { struct { lock_t anon_lock; }; long word; };
	struct { lock_t lock; } box;
	struct owner owner;
	lock_t many[4];
	const struct ops *ops;
	void *private;
	ulong flags;
	int state;
};
struct ops { int (*run)(struct obj *, int); void (*stop)(void); };
struct outer { int x; struct obj obj; };

void lock(lock_t *l);
ulong save(lock_t *l);
void restore(lock_t *l, ulong flags);
int fill(struct obj **o, ulong *n);
int peek(const ulong *n);
extern struct list head;
extern int counter;
lock_t per_cpu_lock;
ulong this_off;

void paths(struct obj *o, void *data, int i)
{
	struct outer *out = container_of(o, struct outer, obj);
	struct obj *other = data;

	lock(&o->anon_lock);
	lock(&o->box.lock);
	lock(&o->owner.lock);
	lock(o->many + i);
	lock(&o->many[2]);
	lock(&out->obj.owner.lock);
	lock(&other->owner.lock);
	lock(&READ_ONCE(o->private) ? &container_of(&o->list, struct obj, list)->owner.lock : 0);
}

int each(void)
{
	struct obj *p;

	for (p = container_of(head.next, __typeof__(*p), list); &p->list != &head;
	     p = container_of(p->list.next, __typeof__(*p), list))
		if (p->ops->run && p->ops->run(p, 1))
			return p->state;
	return 0;
}

void percpu(void)
{
	ulong tmp;

	asm("add %1, %0" : "=r"(tmp) : "m"(this_off), "0"(&per_cpu_lock));
	lock((lock_t *)tmp);
}

int outs(struct obj *hint)
{
	struct obj *o = hint;
	ulong n = 3, flags;
	int r = fill(&o, &n);

	peek(&n);
	flags = save(&o->owner.lock);
	o->flags = flags;
	o->state = 1;
	if (o->state == 1)
		counter = (int)n;
	restore(&o->owner.lock, o->flags);
	if (o->state == 1)
		r++;
	return r;
}

void fnptr(struct obj *o, void (*fn)(void), int pick)
{
	void (*chosen)(void) = pick ? fn : o->ops->stop;

	chosen();
	(*o->ops->stop)();
	(&lock)(&o->owner.lock);
	o->private = fn;
	((void (*)(void))o->private)();
}

static int run(struct obj *o, int n) { return o->state + n; }
static const struct ops table[] = { { run }, { .run = run, .stop = 0 } };
static struct obj first = {
	.list = { &first.list, &first.list },
	.owner.sig = 3,
	.ops = &table[1],
	.private = &(struct owner){ .sig = 4 },
};

struct obj *statics(void)
{
	static struct ops mine = { .run = run };

	first.ops = &mine;
	return &first;
}

int by_value(struct owner w, struct obj *o)
{
	struct owner copy = o->owner;

	copy.sig = w.sig;
	o->owner = copy;
	lock(&copy.lock);
	return copy.sig;
}
