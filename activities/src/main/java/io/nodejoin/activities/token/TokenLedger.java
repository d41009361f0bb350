package io.nodejoin.activities.token;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.nodejoin.activities.OwnObjects;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.discovery.TokenId;
import io.nodejoin.workflows.token.TokenReservation;
import java.net.HttpURLConnection;
import java.util.List;

/** The token ids of one cluster that may be alive, kept beside the tokens: who restores the one restores the other. */
final class TokenLedger {
    private static final String PREFIX = "token-";

    private final KubernetesClient client;

    TokenLedger(KubernetesClient client) {
        this.client = client;
    }

    static String object(TokenId id) {
        return "configmaps/" + OwnObjects.NAMESPACE + "/" + PREFIX + id;
    }

    /** Writes the entry; false if the id is in use already. */
    boolean enter(TokenId id, TokenReservation reservation) {
        ConfigMap entry = new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace(OwnObjects.NAMESPACE)
                .withName(PREFIX + id)
                .withLabels(OwnObjects.labels(reservation.joinId()))
                .endMetadata()
                .addToData("node", reservation.node().value())
                .addToData("attempt", Integer.toString(reservation.attempt()))
                .addToData("expiresAt", reservation.expiresAt().toString())
                .build();
        try {
            client.resource(entry).create();
            return true;
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
                return false;
            }
            throw e;
        }
    }

    List<TokenId> of(JoinId joinId) {
        return client
                .configMaps()
                .inNamespace(OwnObjects.NAMESPACE)
                .withLabels(OwnObjects.labels(joinId))
                .list()
                .getItems()
                .stream()
                .map(entry -> new TokenId(entry.getMetadata().getName().substring(PREFIX.length())))
                .toList();
    }

    void strike(TokenId id) {
        client.configMaps()
                .inNamespace(OwnObjects.NAMESPACE)
                .withName(PREFIX + id)
                .delete();
    }
}
