package io.nodejoin.testbed.preflight;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Whether there is room for what a start will write. */
final class DiskSpace {
    private final Disks disks;

    DiskSpace(Disks disks) {
        this.disks = disks;
    }

    /**
     * Room that is needed.
     *
     * @param directory where, there or not
     * @param what for a person
     * @param remedy what makes room there
     */
    record Need(Path directory, long megabytes, String what, String remedy) {}

    /** The file systems of the machine. */
    interface Disks {
        /** Equal for directories on the same file system. */
        Object identify(Path existing);

        long freeMegabytes(Path existing);
    }

    /** This machine's. */
    static DiskSpace ofThisMachine() {
        return new DiskSpace(new Disks() {
            @Override
            public Object identify(Path existing) {
                return store(existing);
            }

            @Override
            public long freeMegabytes(Path existing) {
                try {
                    return store(existing).getUsableSpace() >> 20;
                } catch (IOException unreadable) {
                    throw new UncheckedIOException("cannot tell how much is free at " + existing, unreadable);
                }
            }
        });
    }

    /** The first file system that is too full, with what would help, or empty. */
    Optional<String> obstacle(List<Need> needs) {
        Map<Object, List<Need>> byDisk = needs.stream()
                .collect(Collectors.groupingBy(
                        need -> disks.identify(nearest(need.directory())), LinkedHashMap::new, Collectors.toList()));
        return byDisk.values().stream()
                .flatMap(together -> tooFull(together).stream())
                .findFirst();
    }

    private Optional<String> tooFull(List<Need> together) {
        long needed = together.stream().mapToLong(Need::megabytes).sum();
        Path where = nearest(together.getFirst().directory());
        long free = disks.freeMegabytes(where);
        String what = together.stream()
                .map(need -> "%s %d MB in %s".formatted(need.what(), need.megabytes(), need.directory()))
                .collect(Collectors.joining(", "));
        String remedy = together.stream()
                .map(Need::remedy)
                .filter(word -> !word.isEmpty())
                .findFirst()
                .orElse("delete something there");
        return free >= needed
                ? Optional.empty()
                : Optional.of("the file system of %s has %d MB free and %d MB are needed (%s): %s"
                        .formatted(where, free, needed, what, remedy));
    }

    private static Path nearest(Path directory) {
        return Stream.iterate(directory.toAbsolutePath().normalize(), path -> path != null, Path::getParent)
                .filter(Files::exists)
                .findFirst()
                .orElse(Path.of("/"));
    }

    private static FileStore store(Path existing) {
        try {
            return Files.getFileStore(existing);
        } catch (IOException unreadable) {
            throw new UncheckedIOException("cannot tell the file system of " + existing, unreadable);
        }
    }
}
