package io.nodejoin.agent.preflight;

import io.nodejoin.agent.host.HostFiles;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The proxy settings of one file. The proxy's address is not kept: it may hold a password.
 *
 * @param exceptions what NO_PROXY lists
 */
record ProxySettings(String file, boolean proxied, List<String> exceptions) {
    private static final List<String> FILES = List.of("/etc/environment");
    private static final List<String> DIRECTORIES = List.of(
            "/etc/systemd/system/containerd.service.d",
            "/etc/systemd/system/docker.service.d",
            "/etc/systemd/system/kubelet.service.d");
    private static final Pattern PROXY = Pattern.compile("(?im)^[^#\\n]*\\bhttps?_proxy=[\"']?[^\"'\\s]");
    private static final Pattern EXCEPTIONS = Pattern.compile("(?im)^[^#\\n]*\\bno_proxy=[\"']?([^\"'\\s]*)");
    private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|[0-9a-fA-F.:]*:[0-9a-fA-F.:]*");

    ProxySettings {
        exceptions = List.copyOf(exceptions);
    }

    /** The files that name a proxy. */
    static List<ProxySettings> read(HostFiles files) {
        Stream<String> dropIns = DIRECTORIES.stream()
                .flatMap(directory -> files.list(directory).stream().map(name -> directory + "/" + name));
        return Stream.concat(FILES.stream(), dropIns)
                .map(path -> parse(path, text(files, path)))
                .filter(ProxySettings::proxied)
                .toList();
    }

    private static String text(HostFiles files, String path) {
        return files.read(path)
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .orElse("");
    }

    private static ProxySettings parse(String path, String text) {
        Matcher exceptions = EXCEPTIONS.matcher(text);
        List<String> listed = exceptions.find()
                ? Arrays.stream(exceptions.group(1).split(",", -1))
                        .map(String::strip)
                        .toList()
                : List.of();
        return new ProxySettings(path, PROXY.matcher(text).find(), listed);
    }

    /** Whether what goes to this host takes the proxy. */
    boolean sends(String host) {
        return exceptions.stream().noneMatch(exception -> covers(exception.toLowerCase(Locale.ROOT), host));
    }

    private static boolean covers(String exception, String host) {
        String domain = exception.startsWith(".") ? exception.substring(1) : exception;
        return exception.equals("*")
                || (!domain.isEmpty() && (host.equals(domain) || host.endsWith("." + domain)))
                || within(exception, host);
    }

    /** Whether the address is in the network that is written as {@code address/bits}. */
    private static boolean within(String network, String address) {
        String[] parts = network.split("/", -1);
        if (parts.length != 2
                || !parts[1].matches("\\d{1,3}")
                || !ADDRESS.matcher(parts[0]).matches()
                || !ADDRESS.matcher(address).matches()) {
            return false;
        }
        byte[] base = InetAddress.ofLiteral(parts[0]).getAddress();
        byte[] other = InetAddress.ofLiteral(address).getAddress();
        int bits = Integer.parseInt(parts[1]);
        if (base.length != other.length || bits > base.length * Byte.SIZE) {
            return false;
        }
        for (int bit = 0; bit < bits; bit++) {
            int mask = 0x80 >> bit % Byte.SIZE;
            if ((base[bit / Byte.SIZE] & mask) != (other[bit / Byte.SIZE] & mask)) {
                return false;
            }
        }
        return true;
    }
}
