package io.nodejoin.testbed.host;

import java.nio.file.Path;

/** What of one host lies on the outer machine. */
record HostDirectory(Path path) {

    /** The overlay as the host sees it. */
    Path root() {
        return path.resolve("root");
    }

    Path upper() {
        return path.resolve("upper");
    }

    Path work() {
        return path.resolve("work");
    }

    /** A directory of the outer file system for what cannot live on an overlay. */
    Path data(String name) {
        return path.resolve("data").resolve(name);
    }

    /** Files of the outer machine that only this host is shown. */
    Path file(String name) {
        return path.resolve("files").resolve(name);
    }

    /** What the host was asked to be, and its number. */
    Path record() {
        return path.resolve("host.json");
    }

    /** Exists once the host has been added completely; without it, it is the leftover of an aborted run. */
    Path complete() {
        return path.resolve("complete");
    }
}
