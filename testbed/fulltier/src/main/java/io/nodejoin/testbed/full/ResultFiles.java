package io.nodejoin.testbed.full;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The files of a directory, one for each commit. */
record ResultFiles(Path directory) {
    static final JsonMapper JSON = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /** A part's newest result, and the file that has it. */
    record Newest(Results file, PartResult result) {
        String commit() {
            String own = result.commit();
            return own == null ? file.commit() : own;
        }
    }

    /** What is known of this commit. */
    Optional<Results> of(String commit) {
        return all().filter(results -> results.commit().equals(commit)).findFirst();
    }

    /** What the part has shown when it ran last, on whatever commit. */
    Optional<Newest> newest(String part) {
        return all().flatMap(file -> file.of(part).map(result -> new Newest(file, result)).stream())
                .filter(newest -> newest.result().outcome() != Outcome.SKIPPED)
                .max(Comparator.comparing(newest -> newest.result().ended()));
    }

    /** Replaces the file of this commit as a whole: whoever is ended in the middle leaves the old one. */
    Path write(Results results) {
        Path file = directory.resolve(results.fileName());
        Path part = directory.resolve(results.fileName() + ".part");
        try {
            Files.createDirectories(directory);
            Files.writeString(part, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(results) + "\n");
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    private Stream<Results> all() {
        if (!Files.isDirectory(directory)) {
            return Stream.empty();
        }
        try (Stream<Path> files = Files.list(directory)) {
            List<Path> found = files.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList();
            return found.stream().map(ResultFiles::read);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + directory, e);
        }
    }

    private static Results read(Path file) {
        try {
            return JSON.readValue(file.toFile(), Results.class);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }
}
