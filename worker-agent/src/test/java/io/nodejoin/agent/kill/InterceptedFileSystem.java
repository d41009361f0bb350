package io.nodejoin.agent.kill;

import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.WatchService;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.util.Set;

/** Answers for the plain file system and names another provider. */
final class InterceptedFileSystem extends FileSystem {
    private final FileSystemProvider provider;
    private final FileSystem plain;

    InterceptedFileSystem(FileSystemProvider provider, FileSystem plain) {
        this.provider = provider;
        this.plain = plain;
    }

    @Override
    public FileSystemProvider provider() {
        return provider;
    }

    @Override
    public void close() {
        throw new UnsupportedOperationException("stays open");
    }

    @Override
    public boolean isOpen() {
        return plain.isOpen();
    }

    @Override
    public boolean isReadOnly() {
        return plain.isReadOnly();
    }

    @Override
    public String getSeparator() {
        return plain.getSeparator();
    }

    @Override
    public Iterable<Path> getRootDirectories() {
        return plain.getRootDirectories();
    }

    @Override
    public Iterable<FileStore> getFileStores() {
        return plain.getFileStores();
    }

    @Override
    public Set<String> supportedFileAttributeViews() {
        return plain.supportedFileAttributeViews();
    }

    @Override
    public Path getPath(String first, String... more) {
        return plain.getPath(first, more);
    }

    @Override
    public PathMatcher getPathMatcher(String pattern) {
        return plain.getPathMatcher(pattern);
    }

    @Override
    public UserPrincipalLookupService getUserPrincipalLookupService() {
        return plain.getUserPrincipalLookupService();
    }

    @Override
    public WatchService newWatchService() {
        throw new UnsupportedOperationException("nobody waits for files here");
    }
}
