package io.nodejoin.testbed.e2e;

import io.nodejoin.testbed.process.ProcessIdentity;
import io.nodejoin.testbed.process.SupervisedProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** Keeps arguments and environment of everything that a bed and this process run. */
final class ProcessRecorder implements AutoCloseable {
    private static final Duration POLL_INTERVAL = Duration.ofMillis(10);

    private final List<SupervisedProcess> processes;
    /** One character for each byte. */
    private final Set<String> seen = ConcurrentHashMap.newKeySet();

    private final PollingThread glances;

    ProcessRecorder(List<SupervisedProcess> processes) {
        this.processes = List.copyOf(processes);
        this.glances = new PollingThread(POLL_INTERVAL, this::scan);
    }

    /** All that was seen, in one. */
    byte[] recorded() {
        return String.join("\n", seen).getBytes(StandardCharsets.ISO_8859_1);
    }

    private void scan() {
        Stream<ProcessHandle> ofBed = processes.stream()
                .flatMap(process -> process.identity().stream())
                .map(ProcessIdentity::pid)
                .flatMap(pid -> ProcessHandle.of(pid).stream());
        Stream.concat(ofBed, Stream.of(ProcessHandle.current()))
                .flatMap(process -> Stream.concat(Stream.of(process), process.descendants()))
                .forEach(this::scan);
    }

    private void scan(ProcessHandle process) {
        for (String file : List.of("cmdline", "environ")) {
            try {
                seen.add(Files.readString(
                        Path.of("/proc", Long.toString(process.pid()), file), StandardCharsets.ISO_8859_1));
            } catch (IOException _) {
                // It has ended.
            }
        }
    }

    @Override
    public void close() {
        glances.close();
    }
}
