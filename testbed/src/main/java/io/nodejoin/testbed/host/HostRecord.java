package io.nodejoin.testbed.host;

/** The stored specification of a host. */
record HostRecord(HostSpec spec, int number) {}
