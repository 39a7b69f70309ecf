using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using Holdfast.Hub.Jobs;

namespace Holdfast.Hub.Tests.Jobs;

/// <summary>Code that is sent: taken once, and never out of its folder.</summary>
public sealed class JobCodeTests : IDisposable
{
    private readonly HubFolders _folders = new(Directory.CreateTempSubdirectory("hf-code-").FullName) { MeetingRoot = "" };

    public void Dispose() => Directory.Delete(_folders.Root, recursive: true);

    [Fact]
    public async Task Archive_Sent_IsThereWithItsFilesAndLinks()
    {
        var (hash, archive) = Pack(("src/train.py", "print(1)", null), ("data", null, "src"), ("empty/", null, null));
        var code = new JobCode(_folders, TimeProvider.System);

        var view = TestHub.Value(await code.TakeAsync(hash, new MemoryStream(archive), TestHub.Cancellation));
        var again = TestHub.Value(await code.TakeAsync(hash, Stream.Null, TestHub.Cancellation));

        Assert.Equal(($"sha256:{hash}", 2, 8), (view.Code, view.Files, view.Bytes));
        Assert.Equal(view, again);
        Assert.Equal("print(1)", File.ReadAllText(Path.Combine(_folders.CodeFilesOf(hash), "data/train.py")));
        Assert.True(Directory.Exists(Path.Combine(_folders.CodeFilesOf(hash), "empty")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_folders.CodeOf(hash)));
    }

    [Fact]
    public async Task Code_ThatNoJobNames_IsGoneAtTheNextStart()
    {
        await using var hub = new TestHub();
        await hub.StartAsync();
        var (old, older) = (DateTime.UtcNow.AddDays(-2), DateTime.UtcNow.AddDays(-3));
        var (named, unnamed, young) = (await PodmanJobTests.SendAsync(hub, "1"), await PodmanJobTests.SendAsync(hub, "2"), await PodmanJobTests.SendAsync(hub, "3"));
        var job = await hub.UntilOverAsync(await hub.SubmitAsync("true", spec => spec with { Code = named }));
        var cut = HubFolders.Make(hub.Folders.CodeOf(".new-x"));
        foreach (var folder in (string[])[FolderOf(named), FolderOf(unnamed)]) Directory.SetLastWriteTimeUtc(folder, old);
        Directory.SetLastWriteTimeUtc(cut, older);

        await hub.EndAsync();
        await hub.StartAsync();

        Assert.Equal(JobState.Succeeded, job.State);
        Assert.Equal([true, false, true, false], ((string[])[FolderOf(named), FolderOf(unnamed), FolderOf(young), cut]).Select(Directory.Exists));

        string FolderOf(string code) => hub.Folders.CodeOf(JobRules.Hash(code)!);
    }

    [Theory]
    [InlineData("../out", null, "leads out")]
    [InlineData("/etc/out", null, "leads out")]
    [InlineData("link", "../../x", "leads out")]
    [InlineData("link", "/etc", "leads out")]
    public async Task Archive_ThatLeadsOut_IsRefusedAndLeavesNothing(string name, string? link, string words)
    {
        var (hash, archive) = Pack((name, link is null ? "x" : null, link));

        var taken = await new JobCode(_folders, TimeProvider.System).TakeAsync(hash, new MemoryStream(archive), TestHub.Cancellation);

        Assert.Equal("bad-request", taken.Fault?.Code);
        Assert.Contains(words, taken.Fault!.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(_folders.CodeOf("x"))!));
    }

    [Fact]
    public async Task Archive_BehindItsOwnLink_IsRefused()
    {
        var (hash, archive) = Pack(("src", null, "other"), ("src/train.py", "x", null));

        Assert.Contains("behind a link", (await new JobCode(_folders, TimeProvider.System).TakeAsync(hash, new MemoryStream(archive), TestHub.Cancellation)).Fault?.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Archive_CutOrChanged_IsRefused(bool isCut)
    {
        var (hash, archive) = Pack(("train.py", new string('x', 10_000), null));
        if (isCut) hash = Convert.ToHexStringLower(SHA256.HashData(archive = archive[..^20]));
        else archive[^3] ^= 1;

        Assert.Equal("bad-request", (await new JobCode(_folders, TimeProvider.System).TakeAsync(hash, new MemoryStream(archive), TestHub.Cancellation)).Fault?.Code);
        Assert.Null(new JobCode(_folders, TimeProvider.System).Find(hash));
    }

    private static (string Hash, byte[] Archive) Pack(params (string Name, string? Text, string? Link)[] entries)
    {
        using var bytes = new MemoryStream();
        using (var zipped = new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(zipped))
        {
            foreach (var (name, text, link) in entries)
            {
                var kind = link is not null ? TarEntryType.SymbolicLink : text is null ? TarEntryType.Directory : TarEntryType.RegularFile;
                var entry = new PaxTarEntry(kind, name);
                if (link is not null) entry.LinkName = link;
                if (text is not null) entry.DataStream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text));
                tar.WriteEntry(entry);
            }
        }
        var archive = bytes.ToArray();
        return (Convert.ToHexStringLower(SHA256.HashData(archive)), archive);
    }
}
