"""Theme seasons: training and who goes on, service records, points, venues, volunteer forces (主题赛季)."""
