using System.Collections.Concurrent;
using Holdfast.Lab.Posix;
using Holdfast.Notebooks;
using Holdfast.Notebooks.Trust;

namespace Holdfast.Lab.Contents;

/// <summary>Signatures of files that were read lately: computing one takes half as long as reading the notebook.</summary>
internal sealed class FileSignatures(TimeProvider time)
{
    private const int Most = 256;
    /// <summary>A file that was changed just now may be changed again within one tick of the file system's clock.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, Known> _known = new(StringComparer.Ordinal);

    /// <summary>The signature of what was read; null where the format has none.</summary>
    /// <param name="path">The file.</param>
    /// <param name="before">What was known of it before it was read.</param>
    /// <param name="file">What was read.</param>
    /// <param name="secret">The notary's secret.</param>
    public string? Of(string path, FileStatus before, NotebookDocument file, byte[] secret)
    {
        var identity = Identity.Of(before);
        if (FileStatus.Of(path) is not { } after || Identity.Of(after) != identity)
            return NotebookSignature.Of(file, secret);
        if (_known.TryGetValue(path, out var known) && known.Identity == identity && known.Secret == secret)
            return known.Signature;
        var signature = NotebookSignature.Of(file, secret);
        if (time.GetUtcNow() - identity.Changed > Settled)
        {
            if (_known.Count >= Most)
                _known.Clear();
            _known[path] = new Known(identity, secret, signature);
        }
        return signature;
    }

    private readonly record struct Identity(ulong Device, ulong Inode, long Size, DateTimeOffset Changed)
    {
        public static Identity Of(FileStatus status) => new(status.Device, status.Inode, status.Size, status.Changed);
    }

    private sealed record Known(Identity Identity, byte[] Secret, string? Signature);
}
