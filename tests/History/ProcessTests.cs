namespace Holdfast.History.Tests;

public sealed class ProcessTests : IDisposable
{
    private readonly Place _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public void Writer_Killed_LeavesAGoodDatabase_WithEveryVersionItSaid()
    {
        for (var round = 1; round <= 5; round++)
        {
            int kept;
            using (var child = new ChildWriter(_place.State, _place.Notebook))
            {
                child.ListenTo(round * 7);
                child.Kill();
                kept = child.Kept;
            }
            Assert.Equal(0, _place.Number("SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'"));
            using var store = _place.Open();
            var versions = store.List(_place.Notebook);
            Assert.True(versions[0].Number >= kept, $"{kept} was said to be kept, {versions[0].Number} is the newest.");
            Assert.All(versions, version => Assert.Equal(ChildWriter.Version(version.Number), store.Read(_place.Notebook, version.Number)));
        }
    }

    [Fact]
    public void TwoWriters_AtOnce_KeepAllVersionsOfBoth()
    {
        var other = _place.Notebook + "-2";
        using (var one = new ChildWriter(_place.State, _place.Notebook))
        using (var two = new ChildWriter(_place.State, other))
        {
            one.ListenTo(25);
            two.ListenTo(25);
            one.ListenTo(50);
            one.Kill();
            two.Kill();
        }
        using var store = _place.Open();
        foreach (var notebook in (string[])[_place.Notebook, other])
        {
            var versions = store.List(notebook);
            Assert.Equal(Enumerable.Range(versions[^1].Number, versions.Count).Reverse(), versions.Select(version => version.Number));
            Assert.All(versions, version => Assert.Equal(ChildWriter.Version(version.Number), store.Read(notebook, version.Number)));
        }
    }
}
