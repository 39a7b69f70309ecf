using Holdfast.Journal;
using Microsoft.Win32.SafeHandles;

namespace Holdfast.Keeper.Tests;

/// <summary>A disk that takes what is written and cannot say that it is safe.</summary>
public sealed class FaultyDiskTests(PythonKernel python)
{
    private const int InputOutput = 5;

    [Fact]
    public async Task Sync_Failing_IsSaidHoldsNobodyBackAndIsOverWhenTheDiskIsWellAgain()
    {
        await using var keeper = new KeeperProgram();
        var disk = new UnsafeDisk();
        keeper.RunHere(TimeProvider.System, journals: new JournalOptions { Disk = disk });
        var client = await keeper.ConnectAsync();
        var kernel = await python.StartReadyAsync(keeper, client, "run.ipynb");
        using var talk = new KernelTalk(client, kernel);
        Assert.Equal("1\n", await talk.PrintedAsync(await talk.ExecuteAsync("print(1)")));

        var (said, well) = (new TaskCompletionSource<string>(), new TaskCompletionSource());
        client.Changed += changed =>
        {
            if (changed.Note is { } note) said.TrySetResult(note);
            else if (said.Task.IsCompleted) well.TrySetResult();
        };
        disk.Errno = InputOutput;
        Assert.Equal("2\n", await talk.PrintedAsync(await talk.ExecuteAsync("print(2)")));
        var note = await said.Task.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Contains("could not be synced", note);
        Assert.Contains(kernel.Folder, note);
        Assert.Equal("3\n", await talk.PrintedAsync(await talk.ExecuteAsync("print(3)")));

        disk.Errno = 0;
        await well.Task.WaitAsync(TestContext.Current.CancellationToken);
        using var reader = JournalReader.Open(kernel.JournalFolder);
        var next = 1L;
        while (reader.TryRead(out var record)) Assert.Equal(next++, record.Sequence);
        Assert.Empty(reader.Damage);
    }

    /// <summary>The real disk, whose syncs fail with an errno while there is one.</summary>
    private sealed class UnsafeDisk : IDisk
    {
        private volatile int _errno;

        public int Errno
        {
            set => _errno = value;
        }

        public SafeFileHandle? Create(string path, out int errno) => UnixDisk.Instance.Create(path, out errno);

        public int Read(SafeFileHandle file, Span<byte> bytes, long offset) => UnixDisk.Instance.Read(file, bytes, offset);

        public int Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset) => UnixDisk.Instance.Write(file, bytes, offset);

        public int Sync(SafeFileHandle file) => _errno is not 0 and var errno ? errno : UnixDisk.Instance.Sync(file);

        public int SyncFolder(SafeFileHandle folder) => UnixDisk.Instance.SyncFolder(folder);

        public int Cut(SafeFileHandle file, long length) => UnixDisk.Instance.Cut(file, length);

        public int Delete(string path) => UnixDisk.Instance.Delete(path);
    }
}
