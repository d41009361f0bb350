package io.nodejoin.testbed.host;

import java.nio.file.Path;

/** The files of one host on the outer machine. */
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

    /** Returns a directory of the outer file system for data that cannot be on an overlay. */
    Path data(String name) {
        return path.resolve("data").resolve(name);
    }

    /** Files of the outer machine that only this host is shown. */
    Path file(String name) {
        return path.resolve("files").resolve(name);
    }

    /** Returns the file with the host's specification and number. */
    Path record() {
        return path.resolve("host.json");
    }

    /** Exists once the host has been added completely; without it, the host is a leftover of an aborted run. */
    Path complete() {
        return path.resolve("complete");
    }
}
