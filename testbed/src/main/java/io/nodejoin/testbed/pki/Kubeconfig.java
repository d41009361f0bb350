package io.nodejoin.testbed.pki;

import io.nodejoin.testbed.config.AddressPlan.Endpoint;
import io.nodejoin.testbed.template.Template;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;

/** Writes kubeconfig files, with all certificates inside, for one API server. */
record Kubeconfig(Endpoint apiServer, String authorityPem) {

    void write(Path file, String user, Identity identity) {
        Pem.writePrivately(
                file,
                Template.load("pki/kubeconfig.yaml")
                        .render(Map.of(
                                "server", apiServer,
                                "authority", base64(authorityPem),
                                "user", user,
                                "certificate", base64(identity.certificatePem()),
                                "key", base64(identity.kubeconfigKeyPem()))));
    }

    void writeAnonymous(Path file) {
        Pem.writePrivately(
                file,
                Template.load("pki/anonymous.yaml")
                        .render(Map.of("server", apiServer, "authority", base64(authorityPem))));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
