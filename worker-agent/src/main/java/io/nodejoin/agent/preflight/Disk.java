package io.nodejoin.agent.preflight;

import io.nodejoin.agent.host.CommandResult;
import io.nodejoin.agent.host.HostPorts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The free space of the file system of one directory.
 *
 * @param inodes 0 if the file system has no fixed number of inodes
 */
record Disk(String path, long freeBytes, long bytes, long freeInodes, long inodes) {
    /** The directories in which kubelet and container runtimes store growing data. */
    static final List<String> PATHS = List.of("/var/lib/kubelet", "/var/lib/containerd", "/var/lib/docker", "/var/log");

    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final int FIELDS = 6;

    /** Returns the file systems of the {@link #PATHS}, or of their nearest existing parents. */
    static List<Disk> inspect(HostPorts host) {
        Set<String> places = new LinkedHashSet<>();
        for (String path : PATHS) {
            places.add(nearestExisting(host, path));
        }
        List<String> command = new ArrayList<>(List.of("stat", "--file-system", "--format=%a %S %b %d %c %n", "--"));
        command.addAll(places);
        CommandResult result = host.commands().run(command, TIMEOUT);
        return result.output().lines().flatMap(Disk::parse).toList();
    }

    private static String nearestExisting(HostPorts host, String path) {
        String place = path;
        while (!place.isEmpty() && !host.files().exists(place)) {
            place = place.substring(0, place.lastIndexOf('/'));
        }
        return place.isEmpty() ? "/" : place;
    }

    private static Stream<Disk> parse(String line) {
        String[] words = line.split(" ", FIELDS);
        if (words.length < FIELDS || !line.matches("(\\d{1,18} ){5}.+")) {
            return Stream.empty();
        }
        long size = Long.parseLong(words[1]);
        return Stream.of(new Disk(
                words[5],
                Long.parseLong(words[0]) * size,
                Long.parseLong(words[2]) * size,
                Long.parseLong(words[3]),
                Long.parseLong(words[4])));
    }
}
