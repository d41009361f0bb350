package io.nodejoin.testbed.simulated;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.nodejoin.testbed.pki.ClientKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.stream.StreamSupport;

/** Gets a kubelet's first certificate with its bootstrap credential, as a kubelet does. */
final class CertificateRequest {
    private static final String PATH = "/apis/certificates.k8s.io/v1/certificatesigningrequests";

    private final KubeletApiClient api;
    private final HostIdentity host;

    CertificateRequest(KubeletApiClient api, HostIdentity host) {
        this.api = api;
        this.host = host;
    }

    /** Returns certificate chain and key as one PEM text, once the CSR is approved and signed. */
    String obtain(ClientKey key) throws IOException, InterruptedException {
        submit(key);
        return await(key);
    }

    /** Creates the CSR, unless it exists. */
    void submit(ClientKey key) throws IOException, InterruptedException {
        api.post(PATH, object(key.requestName(), key.requestFor(host.node()))).created("certificate request");
    }

    /** As {@link #obtain}, of a CSR that exists. */
    String await(ClientKey key) throws IOException, InterruptedException {
        while (true) {
            try (var states = api.watch(PATH, "metadata.name%3D" + key.requestName())) {
                var decided = states.map(CertificateRequest::decision)
                        .flatMap(Optional::stream)
                        .findFirst();
                if (decided.isPresent()) {
                    return decided.get().chain() + key.privatePem();
                }
            }
        }
    }

    private record Issued(String chain) {}

    private static Optional<Issued> decision(JsonNode request) {
        JsonNode status = request.path("status");
        boolean denied = StreamSupport.stream(status.path("conditions").spliterator(), false)
                .anyMatch(condition -> condition.path("type").asText().equals("Denied"));
        if (denied) {
            throw new IllegalStateException("the certificate request was denied");
        }
        String chain = status.path("certificate").asText();
        return chain.isEmpty()
                ? Optional.empty()
                : Optional.of(new Issued(new String(Base64.getDecoder().decode(chain), StandardCharsets.UTF_8)));
    }

    private static ObjectNode object(String name, String requestPem) {
        ObjectNode object = KubeletApiClient.JSON.createObjectNode();
        object.put("apiVersion", "certificates.k8s.io/v1").put("kind", "CertificateSigningRequest");
        object.putObject("metadata").put("name", name);
        ObjectNode spec = object.putObject("spec");
        spec.put("request", Base64.getEncoder().encodeToString(requestPem.getBytes(StandardCharsets.UTF_8)));
        spec.put("signerName", "kubernetes.io/kube-apiserver-client-kubelet");
        spec.putArray("usages").add("digital signature").add("client auth");
        return object;
    }
}
