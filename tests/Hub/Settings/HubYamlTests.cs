using Holdfast.Hub.Mosh;

namespace Holdfast.Hub.Tests.Settings;

public sealed class HubYamlTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hf-hub-").FullName;

    private string SettingsFile => Path.Combine(_folder, "hub.yaml");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Read_AllFields_AreThere()
    {
        var settings = Read("""
            types:
              - {name: small, cpu: 2, memory: 8GB}
              - name: gpu
                cpu: 0.5
                memory: 32GiB
                gpus: 1
                shm: 8 GB
                price: 0.45
            currency: EUR
            gpus: 2
            hook_timeout: 90s
            host_for_members: true
            quotas:
              home: 20GB
              storage: 1.5TB
            storage_price: 0.05
            budgets: {month: 300, person: 50.5}
            points: {most: 12, space: 3GB}
            jobs: {cpu: 1.5, memory: 3GB}
            registry: registry.example.org/team
            ssh: {port: 2222, ip: "::"}
            mosh: {ip: 0.0.0.0, ports: 61001-61010}
            stores:
              - {name: team, endpoint: "http://127.0.0.1:9000", bucket: runs, region: eu-central-1, path_style: no, secret: ada/TEAM_S3, keep_local: no, give_up: 2h}
              - {name: mine, secret: MY_S3}
            """).Value!;

        Assert.Equal([new("small", 2, 8_000_000_000, 0, null, 0), new("gpu", 0.5, 32L << 30, 1, 8_000_000_000, 0.45m)], settings.Types);
        Assert.Equal(("EUR", 2, TimeSpan.FromSeconds(90), true), (settings.Currency, settings.Gpus, settings.HookTimeout, settings.HostForMembers));
        Assert.Equal((0.05m, 300m, 50.5m), (settings.StoragePrice, settings.MonthBudget, settings.PersonBudget));
        Assert.Equal((20_000_000_000, null, 1_500_000_000_000), (settings.HomeQuota, settings.NotebooksQuota, settings.StorageQuota));
        Assert.Equal((12, 3_000_000_000), (settings.MostPoints, settings.PointsQuota));
        Assert.Equal((1.5, 3_000_000_000), (settings.JobCpu, settings.JobMemory));
        Assert.Equal("registry.example.org/team", settings.Registry);
        Assert.Equal((2222, "::"), (settings.SshPort, settings.SshIp));
        Assert.Equal(new MoshRange(61001, 61010, "0.0.0.0"), settings.Mosh);
        Assert.Equal([
            new() { Name = "team", Endpoint = new Uri("http://127.0.0.1:9000"), Bucket = "runs", Region = "eu-central-1", PathStyle = false, Secret = "ada/TEAM_S3", KeepsLocal = false, GiveUp = TimeSpan.FromHours(2) },
            new() { Name = "mine", Bucket = "mine", Secret = "MY_S3" },
        ], settings.Stores);
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing yet\n")]
    [InlineData("---\n")]
    public void Read_NothingSaid_IsTheDefault(string text) => Assert.Equal("standard", Assert.Single(Read(text).Value!.Types).Name);

    [Fact]
    public void Read_NoFile_IsTheDefault() => Assert.Equal("USD", HubSettings.Read(SettingsFile).Value!.Currency);

    [Theory]
    [InlineData("currncy: EUR", 1, "there is no currncy. Did you mean 'currency'?")]
    [InlineData("currency: EUR\nfrobnicate: 1", 2, "there is no frobnicate. There is types, currency, gpus, hook_timeout, host_for_members, quotas, storage_price, budgets, auto_stop, webhook, points, jobs, registry, stores, slurm, ssh, mosh.")]
    [InlineData("slurm: {partion: gpu}", 1, "there is no slurm.partion. Did you mean 'partition'?")]
    [InlineData("slurm:\n  conf: slurm.conf", 2, "slurm.conf: there is no file 'slurm.conf'; it is the absolute path of slurm.conf.")]
    [InlineData("slurm: {time: 10s}", 1, "slurm.time is a span of time from 1m, as 12h, not '10s'.")]
    [InlineData("slurm: {containers: docker}", 1, "slurm.containers is pyxis, podman, apptainer, not 'docker'; left out it is the first of them that a node has.")]
    [InlineData("ssh: {}", 1, "ssh has a port, as 'ssh: {port: 2222, ip: 0.0.0.0}'.")]
    [InlineData("ssh: {port: 70000}", 1, "ssh.port is a port, 1 to 65535.")]
    [InlineData("mosh: {ip: 0.0.0.0}", 1, "mosh has ports, as 'mosh: {ports: 61001-61010, ip: 0.0.0.0}'.")]
    [InlineData("mosh: {ports: 61010-61001}", 1, "mosh.ports is a range of UDP ports as 61001-61010, not '61010-61001'.")]
    [InlineData("mosh: {ports: 1, ip: here}", 1, "mosh.ip is an address of this computer, as 0.0.0.0 for all, not 'here'.")]
    [InlineData("ssh: {port: 22, ip: here}", 1, "ssh.ip is an address of this computer, as 0.0.0.0 for all, not 'here'.")]
    [InlineData("currency: EUR\nbudgets:\n  months: 3", 3, "there is no budgets.months. Did you mean 'month'?")]
    [InlineData("stores:\n  - name: team\n    bukket: x", 3, "there is no stores[0].bukket. Did you mean 'bucket'?")]
    [InlineData("stores: [{name: team, secret: AKIA:key}]", 1, "stores[0].secret is the name of a secret that holds KEY_ID:SECRET_KEY, or PERSON/NAME, and never the key itself.")]
    [InlineData("stores: [{name: team}]", 1, "stores[0] has no secret: the name of the one that holds KEY_ID:SECRET_KEY.")]
    [InlineData("stores: [{name: team, endpoint: s3.example.org}]", 1, "stores[0].endpoint is scheme, host and port, as https://s3.example.org or http://127.0.0.1:9000, not 's3.example.org'.")]
    [InlineData("storage_price: cheap", 1, "storage_price is an amount of money for a GB and month, as 0.05, not 'cheap'.")]
    [InlineData("currency: EUR\npoints:\n  most: 1", 3, "points.most is a number, 2 or more, not '1'.")]
    [InlineData("registry: somewhere", 1, "registry is a registry and the beginning of a name, as registry.example.org/team, not 'somewhere'.")]
    [InlineData("jobs:\n  cpu: 0", 2, "jobs.cpu is a number of processors from 0.1, not '0'.")]
    [InlineData("points:\n  spce: 1GB", 2, "there is no points.spce. Did you mean 'space'?")]
    [InlineData("types:\n  - name: a\n    memroy: 1GB", 3, "there is no types[0].memroy. Did you mean 'memory'?")]
    [InlineData("types:\n  - name: a\n  - name: b\n    memory: lots", 4, "types[1].memory is a size as 512MB, 32GB or 32GiB, not 'lots'.")]
    [InlineData("types:\n  - name: a\n    cpu: 0", 3, "types[0].cpu is 0.1 or more processors, not '0'.")]
    [InlineData("types:\n  - cpu: 1", 2, "types[0] has no name.")]
    [InlineData("types:\n  - name: a\n  - name: a", 3, "types[1].name: there are two types 'a'.")]
    [InlineData("types: small", 1, "types is a list of at least one type, each with a name: '- name: small'.")]
    [InlineData("types: [small]", 1, "types[0] has fields: name, cpu, memory, gpus, shm, price.")]
    [InlineData("gpus: 1.5", 1, "gpus is a number, 0 or more, not '1.5'.")]
    [InlineData("gpus: [1]", 1, "gpus has one value.")]
    [InlineData("hook_timeout: 5", 1, "hook_timeout is a span of time as 90s, 5m or 1h, not '5'.")]
    [InlineData("hook_timeout: 0s", 1, "hook_timeout is at least 1s.")]
    [InlineData("host_for_members: maybe", 1, "host_for_members is true or false, not 'maybe'.")]
    [InlineData("quotas:\n  hom: 1GB", 2, "there is no quotas.hom. Did you mean 'home'?")]
    [InlineData("- a", 1, "the file has fields: types, currency, gpus, hook_timeout, host_for_members, quotas, storage_price, budgets, auto_stop, webhook, points, jobs, registry, stores, slurm, ssh, mosh.")]
    public void Read_Mistyped_NamesLineFieldAndMend(string text, int line, string fault) =>
        Assert.Equal($"{SettingsFile} line {line}: {fault}", Read(text).Fault!.Message);

    [Theory]
    [InlineData("types: [")]
    [InlineData("a: b: c")]
    [InlineData("currency: \"EUR")]
    [InlineData("currency: EUR\ncurrency: USD")]
    public void Read_NoYaml_NamesTheLine(string text) => Assert.StartsWith($"{SettingsFile} line ", Read(text).Fault!.Message, StringComparison.Ordinal);

    private HubResult<HubSettings> Read(string text)
    {
        File.WriteAllText(SettingsFile, text);
        return HubSettings.Read(SettingsFile);
    }
}
