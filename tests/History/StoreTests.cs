using System.Text;
using Holdfast.Notebooks.Tests.Corpus;

namespace Holdfast.History.Tests;

public sealed class StoreTests : IDisposable
{
    private readonly Place _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public void Versions_OfAnyNotebook_ComeBackByteForByte()
    {
        using var store = _place.Open();
        List<byte[]> files = [.. Enumerable.Range(0, 150).Select(seed => new NotebookGenerator(seed).File(seed % 5 == 4 ? 3 : 4, seed % 5 == 4 ? 0 : 5))];
        var numbers = files.ConvertAll(file => store.Add(_place.Notebook, file, VersionKind.Save, Place.Noon)?.Number);

        for (var each = 0; each < files.Count; each++)
            Assert.Equal(files[each], store.Read(_place.Notebook, numbers[each]!.Value));
        Assert.Equal(files.Count, store.List(_place.Notebook).Count);
    }

    [Fact]
    public void Versions_OfWhatIsNoNotebook_ComeBackByteForByte()
    {
        using var store = _place.Open();
        var whole = Place.Notebook4(("a", "1", Place.Noise(1, 300_000)), ("b", "2", "two"));
        byte[][] files = [[], "<<<<<<< HEAD\n"u8.ToArray(), whole[..^5000], [0xff, 0xfe, 0], whole];

        foreach (var file in files)
        {
            var version = store.Add(_place.Notebook, file, VersionKind.Outside, Place.Noon)!;
            Assert.Equal(file, store.Read(_place.Notebook, version.Number));
        }
        Assert.Equal([2, null, null, null, null], store.List(_place.Notebook).Select(version => version.Cells));
        Assert.Equal("a notebook again", store.List(_place.Notebook)[0].Change);
    }

    [Fact]
    public void Version_EqualToTheNewest_IsNotKeptAgain_ButLaterIs()
    {
        using var store = _place.Open();
        var (one, other) = (Place.Notebook4(("a", "1", "")), Place.Notebook4(("a", "2", "")));

        Assert.NotNull(store.Add(_place.Notebook, one, VersionKind.Save, Place.Noon));
        Assert.Null(store.Add(_place.Notebook, one, VersionKind.Run, Place.Noon));
        Assert.NotNull(store.Add(_place.Notebook, other, VersionKind.Run, Place.Noon));
        Assert.NotNull(store.Add(_place.Notebook, one, VersionKind.Save, Place.Noon));

        Assert.Equal([3, 2, 1], store.List(_place.Notebook).Select(version => version.Number));
    }

    [Fact]
    public void OneCellChanged_Of200_AddsOneChunk()
    {
        using var store = _place.Open();
        var cells = Enumerable.Range(0, 200).Select(cell => ($"c{cell}", $"x = {cell}", Place.Noise(cell, 5000))).ToArray();
        store.Add(_place.Notebook, Place.Notebook4(cells), VersionKind.Save, Place.Noon);
        var first = _place.Chunks;

        cells[100].Item3 = Place.Noise(1000, 5000);
        store.Add(_place.Notebook, Place.Notebook4(cells), VersionKind.Run, Place.Noon);
        Assert.Equal(first + 1, _place.Chunks);

        cells[3].Item2 = "y = 3";
        store.Add(_place.Notebook, Place.Notebook4(cells), VersionKind.Save, Place.Noon);
        Assert.Equal(first + 2, _place.Chunks);
        Assert.True(_place.Number("SELECT max(length(chunks)) FROM version") < 20);
    }

    [Fact]
    public void OutputThatGrows_SharesItsBeginning()
    {
        using var store = _place.Open();
        var log = Place.Noise(1, 1_000_000);
        store.Add(_place.Notebook, Place.Notebook4(("a", "train()", log)), VersionKind.Run, Place.Noon);
        var first = _place.Chunks;

        store.Add(_place.Notebook, Place.Notebook4(("a", "train()", log + Place.Noise(2, 1000))), VersionKind.Run, Place.Noon);

        Assert.InRange(_place.Chunks - first, 1, 2);
        Assert.True(first > 20);
    }

    [Fact]
    public void Copies_OfANotebook_ShareEverything()
    {
        using var store = _place.Open();
        var file = Place.Notebook4(("a", "1", Place.Noise(1, 5000)));
        store.Add(_place.Notebook, file, VersionKind.Save, Place.Noon);
        var first = _place.Chunks;

        store.Add(_place.Notebook + "-copy", file, VersionKind.Save, Place.Noon);

        Assert.Equal(first, _place.Chunks);
        Assert.Equal(2, store.Notebooks().Count);
    }

    [Fact]
    public void Rename_OfANotebook_CarriesItsVersionsOver_AndSaysSo()
    {
        using var store = _place.Open();
        var to = Path.Combine(_place.Folder, "b.ipynb");
        store.Add(to, "older"u8.ToArray(), VersionKind.Save, Place.Noon);
        store.Add(_place.Notebook, "one"u8.ToArray(), VersionKind.Save, Place.Noon);
        store.Add(_place.Notebook, "two"u8.ToArray(), VersionKind.Save, Place.Noon);

        store.Rename(_place.Notebook, to, Place.Noon);

        Assert.Empty(store.List(_place.Notebook));
        Assert.Equal([(4, "was a.ipynb"), (3, "not a notebook"), (2, "first version"), (1, "first version")], store.List(to).Select(version => (version.Number, version.Change)));
        Assert.Equal(["older", "one", "two", "two"], Enumerable.Range(1, 4).Select(number => Encoding.UTF8.GetString(store.Read(to, number)!)));
    }

    [Fact]
    public void Rename_OfAFolder_CarriesAllBelowOver()
    {
        using var store = _place.Open();
        var (old, now) = (Path.Combine(_place.Folder, "old"), Path.Combine(_place.Folder, "new"));
        Directory.CreateDirectory(Path.Combine(old, "deep"));
        store.Add(Path.Combine(old, "deep/a.ipynb"), "a"u8.ToArray(), VersionKind.Save, Place.Noon);
        store.Add(old + "er.ipynb", "b"u8.ToArray(), VersionKind.Save, Place.Noon);
        Directory.Move(old, now);

        store.Rename(old, now, Place.Noon);

        Assert.Equal([Path.Combine(now, "deep/a.ipynb"), old + "er.ipynb"], store.Notebooks().Select(notebook => notebook.Path));
    }

    [Fact]
    public void Notebook_NamedThroughALink_IsTheSame()
    {
        using var store = _place.Open();
        Directory.CreateSymbolicLink(Path.Combine(_place.Folder, "link"), _place.Folder);
        store.Add(_place.Notebook, "one"u8.ToArray(), VersionKind.Save, Place.Noon);

        Assert.Single(store.List(Path.Combine(_place.Folder, "link/a.ipynb")));
    }

    [Fact]
    public void Store_IsForItsOwnerOnly()
    {
        using var store = _place.Open();
        store.Add(_place.Notebook, "one"u8.ToArray(), VersionKind.Save, Place.Noon);

        Assert.All(Directory.GetFiles(_place.State), file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
    }

    [Fact]
    public void DamagedChunk_IsNamed_AndTheNextVersionIsKept()
    {
        using var store = _place.Open();
        store.Add(_place.Notebook, Place.Notebook4(("a", Place.Noise(1, 500), "")), VersionKind.Save, Place.Noon);
        _place.Number("UPDATE chunk SET data = zeroblob(length(data))");

        Assert.Contains("version 1 of this notebook is damaged", Assert.Throws<IOException>(() => store.Read(_place.Notebook, 1)).Message, StringComparison.Ordinal);
        Assert.Equal(2, store.Add(_place.Notebook, "other"u8.ToArray(), VersionKind.Save, Place.Noon)!.Number);
        Assert.Equal("other"u8.ToArray(), store.Read(_place.Notebook, 2));
    }
}
