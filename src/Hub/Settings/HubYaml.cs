using System.Globalization;
using System.Net;
using Holdfast.Engines.Slurm;
using Holdfast.Hub.Activity;
using Holdfast.Hub.Images;
using Holdfast.Hub.Machines;
using Holdfast.Hub.Mosh;
using Holdfast.Hub.Stores;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Holdfast.Hub.Settings;

/// <summary>Reads <c>hub.yaml</c>; docs/hub-settings.md lists what may stand there.</summary>
internal static class HubYaml
{
    /// <summary>The settings; those of a file that is missing or empty are the default ones. A fault names file, line, field and the mend.</summary>
    public static HubResult<HubSettings> Read(string file)
    {
        if (!File.Exists(file)) return new HubSettings();
        try
        {
            using var text = File.OpenText(file);
            var documents = new YamlStream();
            documents.Load(text);
            return documents.Documents.Count == 0 || documents.Documents[0].RootNode is YamlScalarNode { Value: null or "" }
                ? new HubSettings()
                : Settings(documents.Documents[0].RootNode);
        }
        catch (YamlException fault)
        {
            return new HubFault("bad-request", $"{file} line {fault.Start.Line}: {fault.Message}");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return new HubFault("bad-request", $"{file} cannot be read: {fault.Message}");
        }
    }

    private static HubSettings Settings(YamlNode node)
    {
        var settings = new HubSettings();
        foreach (var (name, value) in Fields(node, "", ["types", "currency", "gpus", "hook_timeout", "host_for_members", "quotas", "storage_price", "budgets", "auto_stop", "webhook", "points", "jobs", "registry", "stores", "slurm", "ssh", "mosh"]))
        {
            settings = name switch
            {
                "types" => settings with { Types = Types(value) },
                "currency" => settings with { Currency = Text(value, name) },
                "gpus" => settings with { Gpus = Whole(value, name) },
                "hook_timeout" => settings with { HookTimeout = Hold(Quantities.Span(Text(value, name)), value, name, "a span of time as 90s, 5m or 1h") },
                "host_for_members" => settings with { HostForMembers = Truth(value, name) },
                "storage_price" => settings with { StoragePrice = Number(value, name, 0, "an amount of money for a GB and month, as 0.05") },
                "budgets" => Budgets(settings, value),
                "auto_stop" => settings with { AutoStop = AutoStop(value) },
                "webhook" => settings with { Webhook = Webhooks.Address(Text(value, name)) ?? throw Fault(value, "webhook is an address that begins with http:// or https://.") },
                "quotas" => Quotas(settings, value),
                "jobs" => Jobs(settings, value),
                "registry" => settings with { Registry = ImageName.Parse($"{Text(value, name)}/x:1") is { IsOfARegistry: true } ? Text(value, name) : throw Fault(value, $"registry is a registry and the beginning of a name, as registry.example.org/team, not '{Text(value, name)}'.") },
                "stores" => settings with { Stores = Stores(value) },
                "slurm" => settings with { Slurm = Slurm(value) },
                "ssh" => Ssh(settings, value),
                "mosh" => settings with { Mosh = Mosh(value) },
                _ => Points(settings, value),
            };
        }
        return settings.HookTimeout >= TimeSpan.FromSeconds(1) ? settings : throw Fault(node, "hook_timeout is at least 1s.");
    }

    private static HubSettings Budgets(HubSettings settings, YamlNode node)
    {
        foreach (var (name, value) in Fields(node, "budgets", ["month", "person"]))
        {
            var amount = Number(value, $"budgets.{name}", 0, "an amount of money for a month, as 300");
            settings = name == "month" ? settings with { MonthBudget = amount } : settings with { PersonBudget = amount };
        }
        return settings;
    }

    private static AutoStop AutoStop(YamlNode node)
    {
        var stop = new AutoStop();
        foreach (var (name, value) in Fields(node, "auto_stop", ["idle", "limit", "on_loss"]))
        {
            var field = $"auto_stop.{name}";
            stop = name switch
            {
                "idle" => stop with { Idle = Timeout(value, field) },
                "limit" => stop with { Limit = Timeout(value, field) },
                _ => stop with { OnLoss = OnLoss.All.FirstOrDefault(word => word == Text(value, field)) ?? throw Fault(value, $"{field} is {string.Join(", ", OnLoss.All)}, not '{Text(value, field)}'.") },
            };
        }
        return stop;
    }

    private static TimeSpan? Timeout(YamlNode node, string field) => Text(node, field) == "never" ? null
        : Hold<TimeSpan>(Quantities.Span(Text(node, field)) is { } span && MachineRules.IsTimeout(span) ? span : null, node, field, "a span of time from 1m, as 90m or 2h, or never");

    private static HubSettings Quotas(HubSettings settings, YamlNode node)
    {
        foreach (var (name, value) in Fields(node, "quotas", ["home", "notebooks", "storage"]))
        {
            var size = Size(value, $"quotas.{name}");
            settings = name switch
            {
                "home" => settings with { HomeQuota = size },
                "notebooks" => settings with { NotebooksQuota = size },
                _ => settings with { StorageQuota = size },
            };
        }
        return settings;
    }

    private static HubSettings Jobs(HubSettings settings, YamlNode node)
    {
        foreach (var (name, value) in Fields(node, "jobs", ["cpu", "memory"]))
        {
            settings = name == "cpu"
                ? settings with { JobCpu = (double)Number(value, "jobs.cpu", 0.1m, "a number of processors from 0.1") }
                : settings with { JobMemory = Size(value, "jobs.memory") };
        }
        return settings;
    }

    private static SlurmSettings Slurm(YamlNode node)
    {
        var slurm = new SlurmSettings();
        // All of it may be left out: 'slurm: {}' says that there is one.
        foreach (var (name, value) in Fields(node, "slurm", ["conf", "partition", "account", "qos", "time", "containers"]))
        {
            var field = $"slurm.{name}";
            slurm = name switch
            {
                "conf" => slurm with { Conf = Text(value, field) is var path && File.Exists(path) && path.StartsWith('/') ? path : throw Fault(value, $"{field}: there is no file '{Text(value, field)}'; it is the absolute path of slurm.conf.") },
                "partition" => slurm with { Partition = Text(value, field) },
                "account" => slurm with { Account = Text(value, field) },
                "qos" => slurm with { Qos = Text(value, field) },
                "containers" => slurm with { Containers = SlurmSettings.AllContainers.FirstOrDefault(program => program == Text(value, field)) ?? throw Fault(value, $"{field} is {string.Join(", ", SlurmSettings.AllContainers)}, not '{Text(value, field)}'; left out it is the first of them that a node has.") },
                _ => slurm with { Time = Hold<TimeSpan>(Quantities.Span(Text(value, field)) is { } span && span >= TimeSpan.FromMinutes(1) ? span : null, value, field, "a span of time from 1m, as 12h") },
            };
        }
        return slurm;
    }

    private static HubSettings Ssh(HubSettings settings, YamlNode node)
    {
        foreach (var (name, value) in Fields(node, "ssh", ["port", "ip"]))
        {
            settings = name == "port"
                ? settings with { SshPort = Whole(value, "ssh.port") is > 0 and <= IPEndPoint.MaxPort and var port ? port : throw Fault(value, "ssh.port is a port, 1 to 65535.") }
                : settings with { SshIp = Ip(value, "ssh.ip") };
        }
        return settings.SshPort is null ? throw Fault(node, "ssh has a port, as 'ssh: {port: 2222, ip: 0.0.0.0}'.") : settings;
    }

    private static MoshRange Mosh(YamlNode node)
    {
        MoshRange? range = null;
        string? ip = null;
        foreach (var (name, value) in Fields(node, "mosh", ["ports", "ip"]))
        {
            if (name == "ip") ip = Ip(value, "mosh.ip");
            else range = MoshRange.Read(Text(value, "mosh.ports")) is var (first, last) ? new MoshRange(first, last) : throw Fault(value, $"mosh.ports is a range of UDP ports as 61001-61010, not '{Text(value, "mosh.ports")}'.");
        }
        return range is null ? throw Fault(node, "mosh has ports, as 'mosh: {ports: 61001-61010, ip: 0.0.0.0}'.") : ip is null ? range : range with { Ip = ip };
    }

    private static string Ip(YamlNode node, string field) => IPAddress.TryParse(Text(node, field), out var ip) ? $"{ip}" : throw Fault(node, $"{field} is an address of this computer, as 0.0.0.0 for all, not '{Text(node, field)}'.");

    private static HubSettings Points(HubSettings settings, YamlNode node)
    {
        foreach (var (name, value) in Fields(node, "points", ["most", "space"]))
        {
            settings = name == "most"
                ? settings with { MostPoints = (int)Number(value, "points.most", 2, "a number, 2 or more", whole: true) }
                : settings with { PointsQuota = Size(value, "points.space") };
        }
        return settings;
    }

    private static List<MachineType> Types(YamlNode node)
    {
        if (node is not YamlSequenceNode { Children.Count: > 0 } list) throw Fault(node, "types is a list of at least one type, each with a name: '- name: small'.");
        var types = new List<MachineType>();
        foreach (var item in list)
        {
            var path = $"types[{types.Count}]";
            var type = new MachineType("", null, null, 0, null, 0);
            foreach (var (name, value) in Fields(item, path, ["name", "cpu", "memory", "gpus", "shm", "price"]))
            {
                var field = $"{path}.{name}";
                type = name switch
                {
                    "name" => type with { Name = Text(value, field) },
                    "cpu" => type with { Processors = (double)Number(value, field, 0.1m, "0.1 or more processors") },
                    "memory" => type with { Memory = Size(value, field) },
                    "gpus" => type with { Gpus = Whole(value, field) },
                    "shm" => type with { SharedMemory = Size(value, field) },
                    _ => type with { Price = Number(value, field, 0, "an amount of money for an hour, as 0.45") },
                };
            }
            if (type.Name.Length == 0) throw Fault(item, $"{path} has no name.");
            if (types.Any(other => other.Name == type.Name)) throw Fault(item, $"{path}.name: there are two types '{type.Name}'.");
            types.Add(type);
        }
        return types;
    }

    private static List<ObjectStore> Stores(YamlNode node)
    {
        if (node is not YamlSequenceNode list) throw Fault(node, "stores is a list of stores, each with a name and a secret: '- {name: team, endpoint: https://s3.example.org, bucket: runs, secret: TEAM_S3}'.");
        var stores = new List<ObjectStore>();
        foreach (var item in list)
        {
            var path = $"stores[{stores.Count}]";
            var store = new ObjectStore { Name = "", Bucket = "", Secret = "" };
            foreach (var (name, value) in Fields(item, path, ["name", "endpoint", "bucket", "region", "path_style", "secret", "keep_local", "give_up"]))
            {
                var field = $"{path}.{name}";
                store = name switch
                {
                    "name" => store with { Name = MachineRules.IsName(Text(value, field)) ? Text(value, field) : throw Fault(value, $"{field} is 1 to 40 lower-case letters, digits and single hyphens, a letter first, not '{Text(value, field)}'.") },
                    "endpoint" => store with { Endpoint = Endpoint(Text(value, field)) ?? throw Fault(value, $"{field} is scheme, host and port, as https://s3.example.org or http://127.0.0.1:9000, not '{Text(value, field)}'.") },
                    "bucket" => store with { Bucket = Text(value, field) },
                    "region" => store with { Region = Text(value, field) },
                    "path_style" => store with { PathStyle = Truth(value, field) },
                    "secret" => store with { Secret = IsSecret(Text(value, field)) ? Text(value, field) : throw Fault(value, $"{field} is the name of a secret that holds KEY_ID:SECRET_KEY, or PERSON/NAME, and never the key itself.") },
                    "keep_local" => store with { KeepsLocal = Truth(value, field) },
                    _ => store with { GiveUp = Hold(Quantities.Span(Text(value, field)), value, field, "a span of time as 1h or 1d") },
                };
            }
            if (store.Name.Length == 0) throw Fault(item, $"{path} has no name.");
            if (store.Secret.Length == 0) throw Fault(item, $"{path} has no secret: the name of the one that holds KEY_ID:SECRET_KEY.");
            if (stores.Any(other => other.Name == store.Name)) throw Fault(item, $"{path}.name: there are two stores '{store.Name}'.");
            stores.Add(store with { Bucket = store.Bucket.Length == 0 ? store.Name : store.Bucket });
        }
        return stores;

        static Uri? Endpoint(string text) => Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.PathAndQuery == "/" && uri.UserInfo.Length == 0 ? uri : null;

        static bool IsSecret(string text) => text.Split('/') is [var own] ? MachineRules.IsVariable(own) : text.Split('/') is [{ Length: > 0 }, var theirs] && MachineRules.IsVariable(theirs);
    }

    private static IEnumerable<(string Name, YamlNode Value)> Fields(YamlNode node, string path, string[] names)
    {
        if (node is not YamlMappingNode mapping) throw Fault(node, $"{(path.Length == 0 ? "the file" : path)} has fields: {string.Join(", ", names)}.");
        foreach (var (key, value) in mapping)
        {
            var name = Text(key, "a name");
            var place = path.Length == 0 ? name : $"{path}.{name}";
            if (!names.Contains(name)) throw Fault(key, $"there is no {place}.{(NearestName.Of(name, names) is { } near ? $" Did you mean '{near}'?" : $" There is {string.Join(", ", names)}.")}");
            yield return (name, value);
        }
    }

    private static string Text(YamlNode node, string field) => node is YamlScalarNode { Value: { Length: > 0 } text } ? text : throw Fault(node, $"{field} has one value.");

    private static long Size(YamlNode node, string field) => Hold(Quantities.Size(Text(node, field)), node, field, "a size as 512MB, 32GB or 32GiB");

    private static int Whole(YamlNode node, string field) => (int)Number(node, field, 0, "a number, 0 or more", whole: true);

    private static decimal Number(YamlNode node, string field, decimal least, string what, bool whole = false) => Hold<decimal>(
        decimal.TryParse(Text(node, field), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number >= least && number <= 1_000_000 && (!whole || number == decimal.Truncate(number)) ? number : null, node, field, what);

    private static bool Truth(YamlNode node, string field) => Hold<bool>(Text(node, field) switch { "true" or "yes" => true, "false" or "no" => false, _ => null }, node, field, "true or false");

    private static T Hold<T>(T? value, YamlNode node, string field, string what) where T : struct => value ?? throw Fault(node, $"{field} is {what}, not '{Text(node, field)}'.");

    private static YamlException Fault(YamlNode node, string message) => new(node.Start, node.End, message);
}
