package io.nodejoin.workflows.clusterinfo;

import io.nodejoin.workflows.token.TokenRef;

/** The detached JWS of one token over the kubeconfig of cluster-info. */
public record TokenSignature(TokenRef token, String jws) {}
