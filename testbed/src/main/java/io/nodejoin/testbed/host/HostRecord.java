package io.nodejoin.testbed.host;

/** What a bed remembers of a host. */
record HostRecord(HostSpec spec, int number) {}
