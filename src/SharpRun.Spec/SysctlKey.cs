namespace SharpRun.Spec;

/// <summary>The name of a kernel parameter: the two ways to write it, and what it belongs to.</summary>
public static class SysctlKey
{
    /// <summary>The path of a parameter below <c>/proc/sys</c>, without a leading slash.</summary>
    /// <remarks>
    /// The first separator decides: in <c>net/ipv4/conf/eno2.100/rp_filter</c> dots are dots; in <c>net.ipv4.conf.eno2/100.rp_filter</c>
    /// the two change places.
    /// </remarks>
    public static string ToPath(string key)
    {
        int separator = key.AsSpan().IndexOfAny('.', '/');
        if (separator < 0 || key[separator] == '/')
        {
            return key;
        }

        return string.Create(key.Length, key, static (path, source) =>
        {
            for (int i = 0; i < path.Length; i++)
            {
                path[i] = source[i] switch { '.' => '/', '/' => '.', char other => other };
            }
        });
    }

    /// <summary>The kind of namespace that each has a parameter of its own for; null when there is one for the whole machine.</summary>
    public static NamespaceType? NamespaceOf(string path) => path switch
    {
        "kernel/domainname" => NamespaceType.Uts,
        "kernel/msgmax" or "kernel/msgmnb" or "kernel/msgmni" or "kernel/sem" or "kernel/shmall" or "kernel/shmmax"
            or "kernel/shmmni" or "kernel/shm_rmid_forced" => NamespaceType.Ipc,
        _ when path.StartsWith("fs/mqueue/", StringComparison.Ordinal) => NamespaceType.Ipc,
        _ when path.StartsWith("net/", StringComparison.Ordinal) => NamespaceType.Network,
        _ when path.StartsWith("user/", StringComparison.Ordinal) => NamespaceType.User,
        _ => null,
    };
}
