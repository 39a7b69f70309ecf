using Holdfast.Hub.Loss;
using Holdfast.Hub.Machines;
using Holdfast.Hub.Recipes;
using Holdfast.Hub.Storage;

namespace Holdfast.Hub.Activity;

/// <summary>Keeps all that a stop would destroy: files by moving them to the machine's volume, packages and settings by lines of its recipe.</summary>
internal sealed class LossKeeping(HubOptions options, LossLists losses, KeptPaths kept, MachineRecipes recipes, VolumeUsage usage)
{
    private const int AtOnce = 100, MostRounds = 20;
    private const long Spare = 200L << 20;

    /// <summary>Null when all of it is kept, else why not; what could be kept before that is.</summary>
    public async Task<string?> KeepAsync(MachineRecord machine, LossList list, CancellationToken cancellationToken)
    {
        // 1. Packages and settings first: a recording moves nothing.
        string? problem = null;
        if (list.Packages.Count > 0 || list.Settings.Count > 0)
            problem = (await recipes.RecordAsync(machine, [.. list.Settings.Select(setting => setting.Path)], cancellationToken)).Fault?.Message;

        // 2. Files, the largest first; a list has not all of them.
        var volume = HubFolders.Make(options.Folders.KeptOf(machine.Id));
        for (var round = 0; list.Files.Count > 0; round++)
        {
            if (usage.Trouble(volume) is { } full) return full;
            if (new DriveInfo(volume).AvailableFreeSpace < list.Files.Sum(file => file.Size) + Spare) return "the disk of its volume has not so much room.";
            if (round == MostRounds) return $"{list.Files.Count + list.MoreFiles} files are left.";
            if ((await kept.KeepAsync(machine, [.. list.Files.Take(AtOnce).Select(file => file.Path)], cancellationToken)).Fault is { } fault) return fault.Message;
            var looked = await losses.LookAsync(machine, cancellationToken);
            if (!looked.Ok) return looked.Fault.Message;
            list = looked.Value;
        }
        return problem;
    }
}
