package io.nodejoin.agent.preflight;

import io.nodejoin.agent.host.HostFiles;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The proxy settings of one file, without the proxy's address, which may contain a password.
 *
 * @param exceptions the entries of NO_PROXY, except for invalid networks
 */
record ProxySettings(String file, boolean proxied, List<String> exceptions) {
    private static final Logger LOG = System.getLogger(ProxySettings.class.getName());

    private static final List<String> FILES = List.of("/etc/environment");
    private static final List<String> DIRECTORIES = List.of(
            "/etc/systemd/system/containerd.service.d",
            "/etc/systemd/system/docker.service.d",
            "/etc/systemd/system/kubelet.service.d");
    private static final Pattern PROXY = Pattern.compile("(?im)^[^#\\n]*\\bhttps?_proxy=[\"']?[^\"'\\s]");
    private static final Pattern EXCEPTIONS = Pattern.compile("(?im)^[^#\\n]*\\bno_proxy=[\"']?([^\"'\\s]*)");

    ProxySettings {
        exceptions = List.copyOf(exceptions);
    }

    /** Reads the files that configure a proxy. */
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
        List<String> listed =
                exceptions.find() ? validNetworks(path, exceptions.group(1).split(",", -1)) : List.of();
        return new ProxySettings(path, PROXY.matcher(text).find(), listed);
    }

    /**
     * Programs ignore an invalid exception, and so does this check. It is not printed: a stray URL may contain a
     * password.
     */
    private static List<String> validNetworks(String path, String... listed) {
        List<String> sound = new ArrayList<>();
        for (int i = 0; i < listed.length; i++) {
            String exception = listed[i].strip();
            if (!exception.contains("/") || AddressRange.parse(exception).isPresent()) {
                sound.add(exception);
            } else {
                LOG.log(Level.WARNING, "entry {0} of NO_PROXY in {1} is not a network and is ignored", i + 1, path);
            }
        }
        return sound;
    }

    /** Returns whether requests to this host use the proxy. */
    boolean isProxied(String host) {
        return exceptions.stream().noneMatch(exception -> covers(exception.toLowerCase(Locale.ROOT), host));
    }

    private static boolean covers(String exception, String host) {
        String domain = exception.startsWith(".") ? exception.substring(1) : exception;
        return exception.equals("*")
                || (!domain.isEmpty() && (host.equals(domain) || host.endsWith("." + domain)))
                || AddressRange.parse(exception)
                        .filter(range -> range.contains(host))
                        .isPresent();
    }
}
