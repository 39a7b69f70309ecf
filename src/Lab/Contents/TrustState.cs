using Holdfast.Lab.Posix;

namespace Holdfast.Lab.Contents;

/// <summary>The files that decide whether a notebook is trusted, as they were: while none of them has changed, neither has the answer.</summary>
internal readonly record struct TrustState(TrustState.File Notebook, TrustState.File Secret, TrustState.File Database)
{
    /// <summary>Whoever changes a file within one tick of the file system's clock leaves no trace; on old ones a tick is two seconds.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongTick = TimeSpan.FromSeconds(2);

    /// <summary>How they are now; null when the notebook has changed since <paramref name="before"/>, so that nobody knows what was read.</summary>
    public static TrustState? Of(string notebook, FileStatus before, string secret, string database) =>
        File.Of(before) is var read && File.Of(FileStatus.Of(notebook)) == read
            ? new TrustState(read, File.Of(FileStatus.Of(secret)), File.Of(FileStatus.Of(database)))
            : null;

    /// <summary>Whether all of them were changed long enough ago for the next change to show.</summary>
    public bool IsSettled(DateTimeOffset now) => Notebook.IsSettled(now) && Secret.IsSettled(now) && Database.IsSettled(now);

    /// <summary>One state of one file; all zero when there is none.</summary>
    public readonly record struct File(ulong Device, ulong Inode, long Size, DateTimeOffset Changed)
    {
        public static File Of(FileStatus? status) => status is { } known ? new File(known.Device, known.Inode, known.Size, known.Changed) : default;

        public bool IsSettled(DateTimeOffset now) => now - Changed > (Changed.Ticks % TimeSpan.TicksPerSecond == 0 ? LongTick : Tick);
    }
}
