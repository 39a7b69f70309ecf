using Holdfast.Data.Packing;

namespace Holdfast.Data.Tests;

/// <summary>What a killed or rival writer leaves behind.</summary>
public sealed class PackFolderTests : IDisposable
{
    private static readonly string[] Names = [PackFolder.Pixels, PackFolder.ManifestName, PackFolder.Info];
    private readonly Place _place = new();

    public void Dispose() => _place.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Commit_KilledAmongItsRenames_IsEndedByTheNextWriter(int renamed)
    {
        foreach (var name in Names) _place.Write($"a.pack/{name}", "old");
        foreach (var name in Names) _place.Write($"a.pack/{name}.new", "new");
        File.Delete(_place.PathOf($"a.pack/{PackFolder.Info}"));
        foreach (var name in Names[..renamed]) File.Move(_place.PathOf($"a.pack/{name}.new"), _place.PathOf($"a.pack/{name}"), overwrite: true);

        PackFolder.Take(_place.PathOf("a.pack")).Value!.Dispose();

        Assert.All(Names, name => Assert.Equal("new", File.ReadAllText(_place.PathOf($"a.pack/{name}"))));
        Assert.Empty(Directory.GetFiles(_place.PathOf("a.pack"), "*.new"));
    }

    [Fact]
    public void Writer_KilledBeforeItsCommit_LeavesThePackAsItWas()
    {
        foreach (var name in Names) _place.Write($"a.pack/{name}", "old");
        foreach (var name in Names) _place.Write($"a.pack/{name}.new", "half");

        PackFolder.Take(_place.PathOf("a.pack")).Value!.Dispose();

        Assert.All(Names, name => Assert.Equal("old", File.ReadAllText(_place.PathOf($"a.pack/{name}"))));
        Assert.Empty(Directory.GetFiles(_place.PathOf("a.pack"), "*.new"));
    }

    [Fact]
    public void Pack_ThatAnotherWrites_IsNotTaken()
    {
        using var first = PackFolder.Take(_place.PathOf("a.pack")).Value!;

        Assert.Equal($"Another process writes {_place.PathOf("a.pack")}. Wait until it has ended.", PackFolder.Take(_place.PathOf("a.pack")).Fault!.Message);
    }

    [Fact]
    public void Pack_OfAFolderThatIsNotThere_LeavesNothingBehind()
    {
        Assert.False(PackWriter.Pack(new PackOptions(_place.PathOf("none"), _place.PathOf("a.pack"), new PackShape(8, 8), null, LabelRule.Folder), null, Place.Cancellation).Ok);

        Assert.False(Directory.Exists(_place.PathOf("a.pack")));
    }

    [Fact]
    public void Folder_OfSomethingElse_IsNotTaken()
    {
        _place.Write("photographs/a.jpg", "");

        Assert.Contains("is no pack, and not empty: it holds a.jpg", PackFolder.Take(_place.PathOf("photographs")).Fault!.Message, StringComparison.Ordinal);
        Assert.Equal(["a.jpg"], Directory.GetFileSystemEntries(_place.PathOf("photographs")).Select(Path.GetFileName));
    }

    [Fact]
    public void Stage_WithTornAndMissingRecords_GivesOnlyWholeOnes()
    {
        var shape = new PackShape(4, 3);
        var (path, hashes, pixels) = (_place.PathOf("stage"), Enumerable.Range(0, 5).Select(n => Convert.ToHexStringLower([.. Enumerable.Repeat((byte)(n + 1), 32)])).ToArray(), new byte[shape.Bytes]);
        using (var stage = new PackStage(path, shape))
        {
            for (var n = 0; n < 5; n++)
            {
                var record = stage.NewRecord();
                PackStage.PixelsOf(record).Fill((byte)(n * 10));
                stage.Add(hashes[n], 40 + n, 30 + n, record);
            }
        }

        var length = 32 + 12 + shape.Bytes;
        using (var file = new FileStream(path, FileMode.Open))
        {
            file.Position = 128 + length + 50;
            file.WriteByte(99);
            file.SetLength(128 + 5 * length - 1);
        }

        using (var stage = new PackStage(path, shape))
        {
            Assert.Equal([true, false, true, true, false], hashes.Select(hash => stage.Find(hash) is not null));
            Assert.Equal((42, 32, true), stage.Find(hashes[2]));
            stage.Add(hashes[1], 1, 1, stage.NewRecord());
            stage.Read(hashes[3], pixels);
            Assert.All(pixels, value => Assert.Equal(30, value));
        }

        using var other = new PackStage(path, shape with { Height = 5 });
        Assert.Null(other.Find(hashes[0]));
    }
}
