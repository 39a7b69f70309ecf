namespace Holdfast.History.Tests;

public sealed class ThinningTests : IDisposable
{
    private const long Plenty = 1L << 30;

    private readonly Place _place = new();
    private readonly ManualClock _clock = new() { Now = Place.Noon };

    public void Dispose() => _place.Dispose();

    [Fact]
    public void Versions_OfTheLastDay_AllStay_OlderOnesHourlyThenDaily()
    {
        using var store = _place.Open();
        // Every 20 minutes for 20 days.
        for (var each = 0; each < 20 * 24 * 3; each++)
        {
            store.Add(_place.Notebook, Place.Notebook4(("a", $"{each}", "")), VersionKind.Save, _clock.Now);
            _clock.Now += TimeSpan.FromMinutes(20);
        }

        store.Thin(_clock.Now, Plenty);

        var ages = store.List(_place.Notebook).Select(version => _clock.Now - version.Time).ToList();
        Assert.Equal(24 * 3, ages.Count(age => age <= TimeSpan.FromDays(1)));
        Assert.Equal(7 * 24, ages.Count(age => age > TimeSpan.FromDays(1) && age <= TimeSpan.FromDays(8)));
        Assert.InRange(ages.Count(age => age > TimeSpan.FromDays(8)), 12, 13);
        // Of an hour or a day the last version stays.
        Assert.All(store.List(_place.Notebook).Skip(24 * 3).Take(7 * 24 - 1), version => Assert.Equal(40, version.Time.Minute));
        Assert.Equal(0, store.Thin(_clock.Now, Plenty));
        Assert.Equal(store.List(_place.Notebook).Count + 1, _place.Chunks);
    }

    [Fact]
    public void Words_OfAVersionWhosePredecessorWent_AreOfTheOneBeforeThat()
    {
        using var store = _place.Open();
        store.Add(_place.Notebook, Place.Notebook4(("a", "1", "")), VersionKind.Save, _clock.Now);
        _clock.Now += TimeSpan.FromHours(1);
        store.Add(_place.Notebook, Place.Notebook4(("a", "1", ""), ("b", "2", "")), VersionKind.Save, _clock.Now);
        store.Add(_place.Notebook, Place.Notebook4(("a", "1", ""), ("b", "2", ""), ("c", "3", "")), VersionKind.Restore, _clock.Now + TimeSpan.FromMinutes(1), "version 1");
        Assert.Equal(["version 1; +1 cell", "+1 cell", "first version"], store.List(_place.Notebook).Select(version => version.Change));

        store.Thin(_clock.Now + TimeSpan.FromDays(2), Plenty);

        Assert.Equal([(3, "version 1; +2 cells"), (1, "first version")], store.List(_place.Notebook).Select(version => (version.Number, version.Change)));
    }

    [Fact]
    public void Store_OverItsLimit_LosesTheOldest_NeverTheNewestOfANotebook()
    {
        using var store = _place.Open();
        var idle = _place.Notebook + "-idle";
        store.Add(idle, Place.Notebook4(("a", Place.Noise(-1, 60_000), "")), VersionKind.Save, _clock.Now);
        for (var each = 0; each < 40; each++)
            store.Add(_place.Notebook, Place.Notebook4(("a", Place.Noise(each, 60_000), "")), VersionKind.Save, _clock.Now += TimeSpan.FromMinutes(1));
        var full = new FileInfo(HistoryStore.FileOf(_place.State)).Length;
        Assert.True(store.Size > 1_000_000);

        store.Thin(_clock.Now, 500_000);

        var kept = store.List(_place.Notebook).Select(version => version.Number).ToList();
        Assert.InRange(store.Size, 200_000, 450_000);
        Assert.Equal(Enumerable.Range(41 - kept.Count, kept.Count).Reverse(), kept);
        Assert.Single(store.List(idle));
        Assert.NotNull(store.Read(idle, 1));
        Assert.All(kept, number => Assert.NotNull(store.Read(_place.Notebook, number)));
        Assert.Equal("oldest version kept", store.List(_place.Notebook)[^1].Change);

        store.Thin(_clock.Now, 0);
        Assert.Equal([40], store.List(_place.Notebook).Select(version => version.Number));
        Assert.NotNull(store.Read(idle, 1));
        store.Dispose();
        Assert.True(new FileInfo(HistoryStore.FileOf(_place.State)).Length < full / 2 || _place.Number("PRAGMA page_count") * 4096 < 500_000);
    }

    [Theory]
    [InlineData("", 1L << 30, true)]
    [InlineData("0", 0, true)]
    [InlineData("1500", 1500, true)]
    [InlineData("200M", 200L << 20, true)]
    [InlineData("3g", 3L << 30, true)]
    [InlineData("much", 1L << 30, false)]
    [InlineData("9999999999G", 1L << 30, false)]
    public void Limit_FromTheEnvironment_IsBytesOrWithAUnit(string text, long bytes, bool good)
    {
        var (limit, problem) = HistoryLimit.FromEnvironment(new Dictionary<string, string> { [HistoryLimit.Variable] = text });

        Assert.Equal((bytes, good), (limit, problem is null));
    }
}
