using Holdfast.Hub.Points;
using Holdfast.Hub.Tests.Api;

namespace Holdfast.Hub.Tests.Points;

/// <summary>How many points there may be, how much they may take, whose they are, and what the API says of them.</summary>
public sealed class PointBoundsTests
{
    [Fact]
    public async Task Points_MoreThanThereMayBe_TheOldestGoAndTheAskedOnesLast()
    {
        await using var hub = await new TestHub(options => options with { Settings = new HubSettings { MostPoints = 4 } }).StartAsync();
        var machine = await hub.CreateAsync("leaves", start: false);
        var points = hub.Service<EnvironmentPoints>();
        var taking = hub.Service<PointTaking>();
        for (var number = 1; number <= 6; number++) await taking.TakeAsync(machine, number == 1 ? PointWhy.Asked : PointWhy.Install, $"{number}", TestHub.Cancellation);

        Assert.Equal(["6", "5", "4", "1"], (await hub.PointsAsync("leaves")).Select(point => point.Words));
        for (var number = 7; number <= 10; number++) TestHub.Value(await points.TakeAsync(TestHub.Ada, "leaves", $"{number}", TestHub.Cancellation));
        Assert.Equal(["10", "9", "8", "7"], (await hub.PointsAsync("leaves")).Select(point => point.Words));
    }

    [Fact]
    public async Task Back_ToTheOldestOfAFullList_DoesNotLetItGo()
    {
        await using var hub = await new TestHub(options => options with { Settings = new HubSettings { MostPoints = 3 } }).StartAsync();
        var machine = await hub.CreateAsync("leaves", start: false);
        var site = Directory.CreateDirectory(Path.Combine(hub.Folders.HomeOf("ada"), ".local/lib/python3.11/site-packages")).FullName;
        for (var number = 1; number <= 3; number++)
        {
            await File.WriteAllTextAsync(Path.Combine(site, "a.py"), $"{number}", TestHub.Cancellation);
            await hub.Service<PointTaking>().TakeAsync(machine, PointWhy.Install, $"{number}", TestHub.Cancellation);
        }

        await hub.BackAsync("leaves", (await hub.PointsAsync("leaves"))[^1].Id, homeOnly: true);

        Assert.Equal("1", await File.ReadAllTextAsync(Path.Combine(site, "a.py"), TestHub.Cancellation));
        Assert.Contains("1", (await hub.PointsAsync("leaves")).Select(point => point.Words));
    }

    [Fact]
    public async Task Back_FromWhatCouldNotBeHeld_ChangesNothing()
    {
        await using var hub = await new TestHub(options => options with { Settings = new HubSettings { PointsQuota = 3_000_000 } }).StartAsync();
        await hub.CreateAsync("leaves", start: false);
        var site = Directory.CreateDirectory(Path.Combine(hub.Folders.HomeOf("ada"), ".local/lib/python3.11/site-packages")).FullName;
        await File.WriteAllTextAsync(Path.Combine(site, "a.py"), "1", TestHub.Cancellation);
        var point = TestHub.Value(await hub.Service<EnvironmentPoints>().TakeAsync(TestHub.Ada, "leaves", "small", TestHub.Cancellation));
        for (var number = 0; number < 40; number++) await File.WriteAllBytesAsync(Path.Combine(site, $"{number}.bin"), [.. Enumerable.Repeat((byte)number, 50_000)], TestHub.Cancellation);

        var back = await hub.Service<EnvironmentPoints>().BackAsync(TestHub.Ada, "leaves", point.Id, homeOnly: true, confirmed: true, TestHub.Cancellation);

        Assert.Equal("conflict", back.Fault?.Code);
        Assert.StartsWith("What is there now could not be held, so nobody could have it back: The package folders of home are not in it: ", back.Fault!.Message, StringComparison.Ordinal);
        Assert.Equal(41, Directory.GetFiles(site).Length);
    }

    [Fact]
    public async Task Points_ThatTakeTooMuch_GoOldestFirstAndTheNewestTwoStay()
    {
        await using var hub = await new TestHub(options => options with { Settings = new HubSettings { PointsQuota = 3_000_000 } }).StartAsync();
        var machine = await hub.CreateAsync("leaves", start: false);
        var site = Directory.CreateDirectory(Path.Combine(hub.Folders.HomeOf("ada"), ".local/lib/python3.11/site-packages")).FullName;
        for (var number = 1; number <= 5; number++)
        {
            // Each is too small to be the home's file by another name.
            await File.WriteAllBytesAsync(Path.Combine(site, "a.bin"), [.. Enumerable.Repeat((byte)number, 900_000)], TestHub.Cancellation);
            TestHub.Value(await hub.Service<EnvironmentPoints>().TakeAsync(TestHub.Ada, "leaves", $"{number}", TestHub.Cancellation));
        }

        var list = TestHub.Value(await hub.Service<EnvironmentPoints>().ListAsync(TestHub.Ada, "leaves", TestHub.Cancellation));

        Assert.Equal(["5", "4", "3"], list.Points.Select(point => point.Words));
        Assert.InRange(list.Size, 2_700_000, 3_000_000);
        Assert.All(list.Points, point => Assert.InRange(point.Frees, 900_000, 930_000));
        Assert.Equal(machine.Id, hub.Fleet.Find("leaves")!.Id);
        var removed = TestHub.Value(await hub.Service<EnvironmentPoints>().RemoveAsync(TestHub.Ada, "leaves", list.Points[2].Id, TestHub.Cancellation));
        Assert.InRange(list.Size - TestHub.Value(await hub.Service<EnvironmentPoints>().ListAsync(TestHub.Ada, "leaves", TestHub.Cancellation)).Size, removed.Frees - 10_000, removed.Frees + 10_000);
    }

    [Fact]
    public async Task Point_AfterASmallInstall_TakesWhatChangedAlone()
    {
        await using var hub = await new TestHub().StartAsync();
        await hub.CreateAsync("leaves", start: false);
        var site = Directory.CreateDirectory(Path.Combine(hub.Folders.HomeOf("ada"), ".local/lib/python3.11/site-packages/large")).FullName;
        for (var number = 0; number < 500; number++) await File.WriteAllBytesAsync(Path.Combine(site, $"{number}.py"), new byte[20_000], TestHub.Cancellation);
        var points = hub.Service<EnvironmentPoints>();
        TestHub.Value(await points.TakeAsync(TestHub.Ada, "leaves", "before", TestHub.Cancellation));
        await File.WriteAllTextAsync(Path.Combine(site, "../small.py"), "x", TestHub.Cancellation);

        TestHub.Value(await points.TakeAsync(TestHub.Ada, "leaves", "after", TestHub.Cancellation));

        var frees = (await hub.PointsAsync("leaves")).Select(point => point.Frees).ToList();
        Assert.All(frees, bytes => Assert.InRange(bytes, 1, 100_000));
        Assert.InRange(TestHub.Value(await points.ListAsync(TestHub.Ada, "leaves", TestHub.Cancellation)).Size, 10_000_000, 11_000_000);
    }

    [Fact]
    public async Task LargeFile_WrittenIntoAfterAPoint_IsSaidWhenItComesBack()
    {
        await using var hub = await new TestHub().StartAsync();
        await hub.CreateAsync("leaves", start: false);
        var site = Directory.CreateDirectory(Path.Combine(hub.Folders.HomeOf("ada"), ".local/lib/python3.11/site-packages")).FullName;
        var (model, other) = (Path.Combine(site, "model.bin"), Path.Combine(site, "other.bin"));
        foreach (var file in (string[])[model, other]) await File.WriteAllBytesAsync(file, new byte[2 << 20], TestHub.Cancellation);
        var point = TestHub.Value(await hub.Service<EnvironmentPoints>().TakeAsync(TestHub.Ada, "leaves", null, TestHub.Cancellation));
        using (var into = File.OpenWrite(model)) into.Write("written into"u8);
        File.Delete(other);

        var done = await hub.BackAsync("leaves", point.Id);

        Assert.Equal(["~/.local/lib/python3.11/site-packages/model.bin is not as it was: something has been written into it since, instead of replacing it."], done.Notes.Where(note => note.Contains(".bin", StringComparison.Ordinal)));
        Assert.Equal(2 << 20, new FileInfo(other).Length);
    }

    [Fact]
    public async Task Points_OfAnotherPerson_AreNotSeenAndNotGoneBackTo()
    {
        await using var hub = await new TestHub(options => options with { Settings = new HubSettings { HostForMembers = true } }).StartAsync();
        await hub.CreateAsync("leaves", start: false);
        TestHub.Value(hub.Fleet.Create(TestHub.Bob, new() { Name = "bobs" }));
        var points = hub.Service<EnvironmentPoints>();
        var adas = TestHub.Value(await points.TakeAsync(TestHub.Ada, "leaves", null, TestHub.Cancellation));
        var bobs = TestHub.Value(await points.TakeAsync(TestHub.Bob, "bobs", null, TestHub.Cancellation));

        Assert.Equal("not-found", (await points.ListAsync(TestHub.Bob, "leaves", TestHub.Cancellation)).Fault?.Code);
        Assert.Equal("not-found", (await points.BackAsync(TestHub.Bob, "leaves", adas.Id, homeOnly: true, confirmed: true, TestHub.Cancellation)).Fault?.Code);
        Assert.Equal("not-found", (await points.BackAsync(TestHub.Bob, "bobs", adas.Id, homeOnly: true, confirmed: true, TestHub.Cancellation)).Fault?.Code);
        Assert.Equal("not-found", (await points.DiffAsync(TestHub.Bob, "bobs", adas.Id, null, files: true, TestHub.Cancellation)).Fault?.Code);
        Assert.Equal("not-found", (await points.RemoveAsync(TestHub.Bob, "bobs", adas.Id, TestHub.Cancellation)).Fault?.Code);
        Assert.Equal([bobs.Id], TestHub.Value(await points.ListAsync(TestHub.Bob, "bobs", TestHub.Cancellation)).Points.Select(point => point.Id));
        Assert.Equal([adas.Id], (await hub.PointsAsync("leaves")).Select(point => point.Id));
    }

    [Fact]
    public async Task Api_OfPoints_TakesListsComparesAndRemoves()
    {
        await using var hub = await new TestHub().StartAsync();
        await hub.CreateAsync("leaves", start: false);
        using var api = new ApiClient(hub);

        var taken = await api.PostAsync("machines/leaves/points", """{"note":"before the talk"}""");
        var list = (await api.GetAsync("machines/leaves/points")).Json;
        var diff = (await api.GetAsync("machines/leaves/points/last/diff?files=true")).Json;
        var back = (await api.PostAsync($"machines/leaves/points/{taken.Json.GetProperty("id").GetString()}/back", """{"home_only":true}""")).Json;
        var removed = await api.SendAsync(HttpMethod.Delete, $"machines/leaves/points/{taken.Json.GetProperty("id").GetString()}", null);

        Assert.Equal((201, "asked", "before the talk", "none"), (taken.Status, taken.Json.GetProperty("why").GetString(), taken.Json.GetProperty("words").GetString(), taken.Json.GetProperty("system").GetString()));
        Assert.Equal((1, 30, 10_000_000_000), (list.GetProperty("points").GetArrayLength(), list.GetProperty("most").GetInt32(), list.GetProperty("most_size").GetInt64()));
        Assert.Equal(System.Text.Json.JsonValueKind.Null, diff.GetProperty("from").ValueKind);
        Assert.Equal(("stays", 0, System.Text.Json.JsonValueKind.Null), (back.GetProperty("system").GetString(), back.GetProperty("folders").GetArrayLength(), back.GetProperty("saved").ValueKind));
        Assert.Equal(200, removed.Status);
        Assert.Equal((404, "There is no point p99 of leaves. See holdfast env points leaves."), (await api.GetAsync("machines/leaves/points/p99/diff") is var missing ? missing.Status : 0, missing.Message));
        Assert.Equal((404, "There is no machine 'leafs'. Did you mean 'leaves'?"), (await api.GetAsync("machines/leafs/points") is var mistyped ? mistyped.Status : 0, mistyped.Message));
        Assert.Equal((400, "There is no field 'homeonly'. Did you mean 'home_only'?"), (await api.PostAsync("machines/leaves/points/p1/back", """{"homeonly":true}""") is var wrong ? wrong.Status : 0, wrong.Message));
    }
}
