using Holdfast.Hub.Costs;
using Holdfast.Hub.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using static Holdfast.Hub.Tests.Costs.CostPlace;

namespace Holdfast.Hub.Tests.Costs;

public sealed class StorageMeterTests
{
    [Fact]
    public async Task Volumes_Measured_AreChargedToTheirOwnersWhenTheyChange()
    {
        // A price at which a few kB are money.
        var settings = new HubSettings { StoragePrice = 1_000_000m, HomeQuota = 100_000 };
        using var place = new CostPlace(settings, At(11, 1));
        var usage = new VolumeUsage(place.Folders, settings, new ProjectQuotas(NullLogger<ProjectQuotas>.Instance), place.Clock);
        var meter = new StorageMeter(place.Folders, settings, place.Ledger, place.Store, usage, place.Events, place.Clock);
        var trees = place.Create("trees", "bob");
        var home = HubFolders.Make(place.Folders.HomeOf("bob"));
        var notebooks = HubFolders.Make(place.Folders.NotebooksOf(trees.Id));
        await WriteAsync(home, "a", 4096);
        await WriteAsync(notebooks, "b", 8192);

        meter.Look();
        place.Clock.Now = At(11, 1, 0.5);
        await WriteAsync(home, "c", 91_000);
        meter.Look();
        place.Clock.Now = At(11, 1, 1);
        meter.Look();
        place.Clock.Now = At(11, 1, 2);
        meter.Look();
        Directory.Delete(place.Folders.MachineOf(trees.Id), recursive: true);
        place.Store.Remove(trees.Id);
        place.Clock.Now = At(11, 1, 3);
        meter.Look();

        var charges = place.Ledger.Between(At(11, 1), At(12, 1), null);
        Assert.Equal([("home/bob", "bob", 4096L, At(11, 1), (DateTimeOffset?)At(11, 1, 1)), ("notebooks/trees", "bob", 8192, At(11, 1), At(11, 1, 3)), ("home/bob", "bob", 4096 + 94_208, At(11, 1, 1), null)],
            charges.Select(charge => (charge.Name, charge.Owner, charge.Bytes!.Value, charge.Began, charge.Ended)));
        Assert.Equal("home/bob holds 90 % of its quota or more: remove something; 'holdfast storage du' shows what is large.", Assert.Single(place.Events.Read(Bob)).Text);

        async Task WriteAsync(string folder, string name, int bytes)
        {
            await File.WriteAllBytesAsync(Path.Combine(folder, name), new byte[bytes], TestContext.Current.CancellationToken);
            await usage.MeasureAsync(folder, TestContext.Current.CancellationToken);
        }
    }
}
