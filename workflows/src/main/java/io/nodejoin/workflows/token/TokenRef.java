package io.nodejoin.workflows.token;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.discovery.TokenId;

/** One token of one join in one cluster. */
public record TokenRef(ClusterName cluster, JoinId joinId, TokenId tokenId) {}
