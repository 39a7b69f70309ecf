using System.CommandLine;
using Holdfast.Hub.Backup;

namespace Holdfast.Cli.Hub;

/// <summary><c>holdfast hub backup FILE</c> and <c>holdfast hub restore FILE</c>.</summary>
internal static class HubBackupVerb
{
    public static Command Create()
    {
        var (file, data) = (new Argument<string>("FILE") { Description = "The backup to write, a tar; one that is there is replaced when the new one is whole." }, HubVerb.Data());
        var volumes = new Option<bool>("--volumes") { Description = "Also storage, homes, and the machines' notebooks and journals." };
        var command = new Command("backup", "Write what the hub knows into one file: its database, the key of the secrets, its settings. The hub may run meanwhile. Whoever can read the file can read the secrets.") { file, volumes, data };
        command.SetAction(async (parse, cancellationToken) =>
        {
            var (place, path) = (HubPlace.Of(parse.GetValue(data)), Path.GetFullPath(parse.GetValue(file)!));
            if (await HubBackup.WriteAsync(place.Folders, path, parse.GetValue(volumes), TimeProvider.System, cancellationToken) is { } problem) return Output.Fail(problem);
            Console.WriteLine($"{path}, {ByteText.Of(new FileInfo(path).Length)}. '{Surroundings.Program} hub restore {path}' brings it back.");
            return 0;
        });
        return command;
    }

    public static Command CreateRestore()
    {
        var (file, data) = (new Argument<string>("FILE") { Description = "A backup, as 'holdfast hub backup' writes it." }, HubVerb.Data());
        var command = new Command("restore", "Bring a backup back, into a data folder that is empty or not there.") { file, data };
        command.SetAction(async (parse, cancellationToken) =>
        {
            var place = HubPlace.Of(parse.GetValue(data));
            if (await HubBackup.RestoreAsync(place.Folders, Path.GetFullPath(parse.GetValue(file)!), cancellationToken) is { } problem) return Output.Fail(problem);
            Console.WriteLine($"{place.Folder} is as it was then. '{Surroundings.Program} hub{(parse.GetValue(data) is { } said ? $" --data {said}" : "")}' starts the hub.");
            return 0;
        });
        return command;
    }
}
