using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.Loss;
using Holdfast.Hub.Machines;

namespace Holdfast.Hub.Recipes;

/// <summary>In what a machine is not as an image of its recipe would be: what a job of the machine has, and nobody finds in an image.</summary>
internal sealed class MachineDrift(MachineRecipes recipes, LossLists losses)
{
    private const int MostFiles = 100;

    /// <summary>Looks. What cannot be looked at is said in words, and is no fault.</summary>
    public async Task<MachineDifferences> LookAsync(MachineRecord machine, CancellationToken cancellationToken)
    {
        var text = recipes.Of(machine.Id)?.Text;
        var all = new MachineDifferences(machine.Spec.Name, machine.Spec.Image, text is not null, [], [], 0, null);
        var packages = await recipes.DriftAsync(machine, text ?? "", cancellationToken);
        if (!packages.Ok) return all with { Unknown = packages.Fault.Message };
        var lost = await losses.LookAsync(machine, cancellationToken);
        if (!lost.Ok) return all with { Unknown = lost.Fault.Message };
        var copied = RecipeText.CopiedPaths(text ?? "").ToList();
        List<LostPath> files = [.. lost.Value.Files.Concat(lost.Value.Settings).Where(file => !copied.Exists(path => ForeignTree.IsIn(file.Path, path))).OrderByDescending(file => file.Size)];
        return all with
        {
            Packages = [.. packages.Value.Unwritten, .. packages.Value.Missing.Where(change => change.Now is null)],
            Files = [.. files.Take(MostFiles)],
            MoreFiles = Math.Max(0, files.Count - MostFiles) + lost.Value.MoreFiles,
        };
    }
}
