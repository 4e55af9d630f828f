/* Statements: which edges there are, and which there are not. */
void a(int), b(int), c(int), d(int);
int cond(int);
void die(void) __attribute__((noreturn));

void switches(int x)
{
	switch (x) {
	case 1 ... 3:
		a(1);
		/* falls through */
	case 4:
		b(4);
		break;
	case 5: case 6:
		c(5);
		return;
	default:
		if (x > 9)
	case 9:
			d(9);
	}
	a(0);
}

int once(int x)
{
	do {
		if (cond(x))
			break;
		a(x);
	} while (0);
	return 0;
}

void forever(void)
{
	for (;;) {
		if (cond(1))
			break;
		if (0)
			a(1);
	}
}

#define each(p, n) for (p = 0; p < n; p++)
#define until(p, n) for (; p < n;)
#define step(p) for (;; p++)

void parts(int n)
{
	int i;

	each(i, n)
		a(i);
	until(i, n)
		b(i);
	step(i)
		if (cond(i))
			break;
	for (i = 3; i; )
		c(i);
}

int logic(int x, int y)
{
	int r = x && (cond(y) || !y);

	if (!(x && y) || r)
		a(1);
	return x ?: cond(2);
}

int dead(int x)
{
	if (x)
		die();
	a(x);
	if (__builtin_constant_p(x))
		b(1);
	if (sizeof(x) == 4 && __builtin_types_compatible_p(__typeof__(x), int))
		c(1);
	else
		d(1);
	__builtin_unreachable();
}

int late(int x)
{
	int tries = 0;

	if (tries) {
retry:
		tries++;
		a(tries);
	}
	if (cond(tries) && tries < 3)
		goto retry;
	return tries;
}

static inline _Bool branch(void *key)
{
	asm goto("1: nop" : : "i"(key) : : yes);
	return 0;
yes:
	return 1;
}

int jump(void *p)
{
	void *to[] = { &&one, &&two };

	if (branch(p))
		return 2;
	goto *to[cond(0)];
one:
	a(1);
	return 0;
two:
	b(2);
	return 1;
}

#define for_each_ring(p) for (p = 0; (p = cond(p)) != 7; )

void ring(void)
{
	int p;

	for_each_ring(p)
		a(p);
	b(p);
}
