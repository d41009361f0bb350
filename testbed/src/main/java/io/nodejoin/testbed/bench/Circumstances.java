package io.nodejoin.testbed.bench;

import io.nodejoin.testbed.process.Command;
import io.nodejoin.testbed.process.CommandResult;
import io.nodejoin.testbed.provision.Repository;

/** What a measurement depends on beside what it measures. */
record Circumstances(String machine, String commit) {

    static Circumstances now() {
        CommandResult head = Command.of("git", "rev-parse", "HEAD")
                .in(Repository.locate().root())
                .run();
        return new Circumstances(
                Runtime.getRuntime().availableProcessors() + " CPUs, " + System.getProperty("os.name") + " "
                        + System.getProperty("os.version"),
                head.succeeded() ? head.output().strip() : "unknown");
    }
}
